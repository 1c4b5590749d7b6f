"""Invoices that bill a contract line more than its terms cost: held, and only those.

Belongs here: what is above the price, what only looks like it, and what heals a hold.
Does not: lines a contract does not have (test_contract_models), or usage (tie-outs).
"""

from typing import Any

import pytest

from tests.books_given import company_with_books, credit, follow_up, invoice
from tests.unit.dbt.given import amendment, fixed_line, subscription
from tests.warehouse import Row, Warehouse

_MONTHS = [("2026-01-01", "2026-01-31"), ("2026-02-01", "2026-02-28"), ("2026-03-01", "2026-03-31"),
           ("2026-04-01", "2026-04-30")]  # fmt: skip
_YEAR = ("2026-01-01", "2026-12-31")


def _contract(contract: str, price: str = "365.00", **changes: Any) -> Row:
    return subscription(contract, [fixed_line(f"{contract}-1", "1", price)], **changes)


def _billed(
    contract: str, number: int, day: str, net: str, service: tuple[str, str] = _YEAR, **line: Any
) -> Row:
    line = {"contract_id": contract, "contract_line_id": f"{contract}-1", "net_amount": net} | line
    line |= {"service_start": service[0], "service_end": service[1]}
    return invoice(f"{contract}/{number}", day, [line])


def _by_month(contract: str, *amounts: str) -> list[Row]:
    return [
        _billed(contract, number, service[0], net, service)
        for number, (net, service) in enumerate(zip(amounts, _MONTHS, strict=False), start=1)
    ]


def _by_quarter(contract: str, last: str) -> list[Row]:
    """A term from 1 March billed in equal quarters, with the days of a doubling in November."""
    services = [("2025-03-01", "2025-05-31"), ("2025-06-01", "2025-08-31"),
                ("2025-09-01", "2025-11-30"), ("2025-11-01", "2025-11-30"),
                ("2025-12-01", "2026-02-28")]  # fmt: skip
    amounts = ("91.25", "91.25", "91.25", "30.00", last)
    term = {"term_start": "2025-03-01", "term_end": "2026-02-28"}
    doubled = [fixed_line(f"{contract}-1", "1", "730.00")]
    return [
        _contract(contract, **term),
        amendment(contract, f"A-{contract}", "2025-11-01", doubled, term_end="2026-02-28"),
        *(
            _billed(contract, number, service[0], net, service)
            for number, (net, service) in enumerate(zip(amounts, services, strict=True), start=1)
        ),
    ]


def _voided(contract: str, number: int, day: str) -> Row:
    name = f"{contract}/{number}"
    return follow_up("invoice.voided", f"V-{name}", name, void_date=day, reason="wrong")


def _written_off(contract: str, number: int, day: str, amount: str) -> Row:
    name, data = f"{contract}/{number}", {"amount": amount, "write_off_date": day, "reason": "r"}
    data |= {"write_off_id": f"W-{name}", "service_stopped": "false"}
    return follow_up("invoice.written_off", f"W-{name}", name, **data)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The books of contracts of 365.00 for 2026, 1.00 a day, each billed in another way."""
    books = Warehouse(tmp_path_factory.mktemp("price"))
    company_with_books(books)
    upgraded = [fixed_line("KNOWN-1", "1", "730.00")]
    books.insert(
        "raw.events",
        [
            # An upgrade on 2 May that only its invoice knows: 244 days at 1.00 more.
            _contract("TOTAL"),
            _billed("TOTAL", 1, "2026-01-01", "365.00"),
            _billed("TOTAL", 2, "2026-05-02", "244.00", ("2026-05-02", "2026-12-31")),
            # The same, with its amendment.
            _contract("KNOWN"),
            _billed("KNOWN", 1, "2026-01-01", "365.00"),
            _billed("KNOWN", 2, "2026-05-02", "244.00", ("2026-05-02", "2026-12-31")),
            amendment("KNOWN", "A-KNOWN", "2026-05-02", upgraded),
            # Twelfths run ahead of the days: 60.84 for 59 days. February's is too much here; March
            # is right again, and April is too much once more.
            _contract("TWELFTHS"),
            *_by_month("TWELFTHS", "30.42", "30.42", "30.41", "30.42"),
            _contract("FEBRUARY"),
            *_by_month("FEBRUARY", "30.42", "45.00", "30.41", "45.00"),
            # A downgrade to half on 2 July; the year was billed before it, the credit is to come.
            _contract("DOWN"),
            _billed("DOWN", 1, "2026-01-01", "365.00"),
            amendment(
                "DOWN",
                "A-DOWN",
                "2026-07-02",
                [fixed_line("DOWN-1", "1", "182.50")],
                amendment_type="downgrade",
            ),
            # Sent again after a void, a write-off, a credit of what was not served, and a total
            # that is not the sum of its lines; sent again after a concession.
            _contract("VOIDED"),
            _billed("VOIDED", 1, "2026-01-01", "365.00"),
            credit("C-VOIDED", "VOIDED/1", "2026-01-15", "65.00", "concession"),
            _voided("VOIDED", 1, "2026-02-01"),
            _billed("VOIDED", 2, "2026-02-01", "365.00"),
            _contract("LOST"),
            _billed("LOST", 1, "2026-01-01", "365.00"),
            _written_off("LOST", 1, "2026-02-01", "365.00"),
            _billed("LOST", 2, "2026-02-01", "365.00"),
            _contract("CREDITED"),
            _billed("CREDITED", 1, "2026-01-01", "365.00"),
            credit("C-CREDITED", "CREDITED/1", "2026-02-01", "300.00", "modification"),
            _billed("CREDITED", 2, "2026-02-01", "300.00"),
            _contract("CONCEDED"),
            _billed("CONCEDED", 1, "2026-01-01", "365.00"),
            credit("C-CONCEDED", "CONCEDED/1", "2026-02-01", "65.00", "concession"),
            _billed("CONCEDED", 2, "2026-02-01", "65.00"),
            # Quarters of a term from March, doubled on 1 November: 245 days at 1.00 and 120 at 2.00
            # are 485.00, the quarters and 30 days at 1.00 more are 486.25. Ten more are too much.
            *_by_quarter("QUARTERS", "182.50"),
            *_by_quarter("QUARTERED", "192.50"),
            # A minor unit for each invoice is rounding; two are not.
            _contract("CENT"),
            _billed("CENT", 1, "2026-01-01", "365.01"),
            _contract("CENTS"),
            _billed("CENTS", 1, "2026-01-01", "365.02"),
        ],
    )
    books.run("tag:books")
    return books


def _above(books: Warehouse) -> dict[str, int]:
    rows = books.rows(
        "select subject_key, amount_minor from controls.control_results"
        " where exception_code = 'CUMULATIVE_BILLING_OVER_PRICE' and not is_passed"
    )
    return {key.removeprefix("invoice:"): amount for key, amount in rows}


def test_only_what_no_terms_sell_is_held(books: Warehouse) -> None:
    assert _above(books) == {
        "TOTAL/2": 24400,
        "FEBRUARY/2": 1342,  # 75.42 for what costs 62.00 through 3 March
        "FEBRUARY/4": 1141,  # 150.83 for 123.00 through 3 May, of which 16.42 are February's
        "QUARTERED/5": 525,  # 496.25 for 485.00, and three days more at 2.00
        "CONCEDED/2": 6500,
        "CENTS/1": 2,
    }


def test_the_sentence_has_both_numbers(books: Warehouse) -> None:
    assert books.rows(
        "select sentence from controls.control_results where subject_key = 'invoice:TOTAL/2'"
        " and control_code = 'BILLED_PRICE'"
    ) == [
        (
            "Invoice TOTAL/2 over 244.00 USD: with it line TOTAL-1 of contract TOTAL is billed"
            " 609.00 USD through 2026-12-31; its terms cost 365.00 USD.",
        )
    ]


def test_a_held_invoice_is_not_posted_and_its_amendment_releases_it(books: Warehouse) -> None:
    proposed = "select count(*) from journals.proposed_lines where document_id = 'TOTAL/2'"
    assert books.rows(proposed) == [(0,)]
    upgraded = [fixed_line("TOTAL-1", "1", "730.00")]
    books.insert("raw.events", [amendment("TOTAL", "A-TOTAL", "2026-05-02", upgraded)])
    books.run("tag:books")
    assert "TOTAL/2" not in _above(books)


def test_the_days_that_instalments_may_run_ahead_are_policy(books: Warehouse) -> None:
    books.insert(
        "raw.reference_policies",
        [
            {
                "policy_code": "billing_ahead_days",
                "legal_entity_code": "US",
                "policy_value": "0",
                "valid_from": "2020-01-01",
                "snapshot_hash": "p" * 64,
                "row_number": 1,
            }
        ],
    )
    books.run("tag:books")
    # 60.84 for 59 days: 1.84 ahead, of which 2 cents are rounding.
    assert _above(books)["TWELFTHS/2"] == 184
