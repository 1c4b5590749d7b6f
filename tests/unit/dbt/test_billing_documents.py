"""Documents that follow an invoice: what is held, what waits to be collected, what changes nothing.

Belongs here: facts of voids, failed payments and refunds that no scenario of an accountant shows.
Does not: their journals (tests.scenarios), or what must hold whatever happens (tests.properties).
"""

from pathlib import Path

import pytest

from tests.books_given import company_with_books, credit, follow_up, invoice, payment
from tests.unit.dbt.given import fixed_line, subscription
from tests.warehouse import Row, Warehouse

_LINE = {"contract_id": "K1", "contract_line_id": "K1-1", "net_amount": "365.00"}
_FAILURES = """
    select subject_key, exception_code, amount_minor, sentence from controls.control_results
    where not is_passed and control_code not in ('GL_MAPPING', 'TAX_CODE') order by all
"""


def _failed(day: str, payment_id: str = "P1", amount: str = "365.00", of: str = "I1") -> Row:
    data = {"payment_id": payment_id, "amount": amount, "failed_date": day, "reason": "returned"}
    return follow_up("payment.failed", f"F-{payment_id}-{day}", of, **data)


def _refund(refund_id: str, day: str, amount: str) -> Row:
    data = {"refund_id": refund_id, "amount": amount, "refund_date": day}
    return follow_up("refund.issued", refund_id, "I1", **data)


def _written_off(write_off_id: str, day: str, amount: str, stopped: str) -> Row:
    data = {"write_off_id": write_off_id, "amount": amount, "write_off_date": day}
    data |= {"reason": "insolvent", "service_stopped": stopped}
    return follow_up("invoice.written_off", write_off_id, "I4", **data)


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The books of one paid invoice, and of all that went wrong with it."""
    books = Warehouse(tmp_path_factory.mktemp("documents"))
    company_with_books(books)
    voided = {"void_date": "2026-05-01", "reason": "wrong"}
    books.insert(
        "raw.events",
        [
            subscription("K1", [fixed_line("K1-1", "1", "365.00")]),
            invoice("I1", "2026-01-01", [_LINE]),
            _failed("2026-01-05"),
            payment("P1", "I1", "2026-01-10", "365.00"),
            _refund("R-too-early", "2026-01-15", "10.00"),
            credit("C1", "I1", "2026-02-01", "65.00", "concession"),
            _refund("R-right", "2026-02-01", "40.00"),
            _refund("R-too-much", "2026-02-02", "26.00"),
            invoice("I2", "2026-01-01", [_LINE]),
            payment("P2", "I2", "2026-01-10", "365.00"),
            _failed("2026-01-20", "P2", "300.00", "I2"),
            _failed("2026-01-21", "P2", "100.00", "I2"),
            follow_up("invoice.voided", "V1", "I1", **voided),
            follow_up("invoice.voided", "V1-again", "I1", **voided | {"void_date": "2026-05-02"}),
            follow_up("invoice.voided", "V9", "I9", **voided),
            invoice("I4", "2026-01-01", [_LINE]),
            _written_off("W1", "2026-02-01", "300.00", "false"),
            _written_off("W2", "2026-03-01", "66.00", "true"),
            follow_up("invoice.voided", "V4", "I4", **voided),
            credit("C2", "I1", "2026-05-03", "5.00", "concession"),
        ],
    )
    books.run("tag:books")
    return books


def _reasons(books: Warehouse) -> dict[str, tuple[str, int]]:
    return {row[0]: (row[1], row[2]) for row in books.rows(_FAILURES)}


def test_a_refund_pays_out_what_is_owed_and_no_more(books: Warehouse) -> None:
    reasons = _reasons(books)
    assert "refund:R-right" not in reasons
    assert reasons["refund:R-too-early"] == ("REFUND_EXCEEDS_OWED", 1000)
    assert reasons["refund:R-too-much"] == ("REFUND_EXCEEDS_OWED", 1100)


def test_more_than_a_payment_cannot_be_taken_back(books: Warehouse) -> None:
    reasons = _reasons(books)
    assert "payment_failure:P2@2026-01-20" not in reasons
    assert reasons["payment_failure:P2@2026-01-21"] == ("REVERSAL_EXCEEDS_PAYMENT", 3500)


def test_a_write_off_takes_what_is_open_and_only_of_contracts_that_ended(
    books: Warehouse,
) -> None:
    reasons = books.rows(
        "select subject_key, exception_code, amount_minor from controls.control_results"
        " where not is_passed and subject_key like 'write_off:%' order by all"
    )
    assert reasons == [
        ("write_off:W2", "SERVICE_NOT_ENDED", 6600),
        ("write_off:W2", "WRITE_OFF_EXCEEDS_RECEIVABLE", 100),
    ]


def test_a_void_of_an_invoice_that_was_written_off_is_held(books: Warehouse) -> None:
    (sentence,) = [row[3] for row in books.rows(_FAILURES) if row[0] == "void:I4"]
    assert sentence == (
        "Void of invoice I4 over 365.00 USD: write-offs left of the invoice 0.00 USD on its day."
    )


def test_a_second_void_and_a_void_of_nothing_are_listed(books: Warehouse) -> None:
    reasons = _reasons(books)
    second = [key for key in reasons if key.startswith("void:I1:")]
    assert [reasons[key][0] for key in second] == ["DUPLICATE_DOCUMENT"]
    assert reasons["void:I9"] == ("ORIGINAL_INVOICE_MISSING", 0)


def test_a_credit_of_a_voided_invoice_is_held(books: Warehouse) -> None:
    assert _reasons(books)["credit:C2"][0] == "CREDIT_EXCEEDS_INVOICE"


def test_a_void_takes_back_what_credits_left(books: Warehouse) -> None:
    (row,) = books.rows(
        "select net_minor, earned_minor from intermediate.int_voided_lines_split"
        " where credit_id = 'I1'"
    )
    # 120 days of 365 were served before 1 May; 65.00 of 365.00 had been credited.
    assert row == (30000, 12000)


def test_failures_are_to_be_collected_whether_received_before_or_not(books: Warehouse) -> None:
    rows = books.rows(
        "select payment_id, attempt_number, is_taken_back, dunning_status"
        " from contracts.dunning where payment_id = 'P1'"
    )
    assert rows == [("P1", 1, False, "settled")]
    lines = books.rows(
        "select document_id from journals.subledger_lines where document_type = 'payment_failure'"
        " and document_id like 'P1%'"
    )
    assert lines == []
    taken_back = books.rows(
        "select is_taken_back from contracts.dunning where payment_id = 'P2' order by failed_date"
    )
    assert taken_back == [(True,), (True,)]


def test_revenue_is_the_same_without_any_of_it(books: Warehouse, tmp_path: Path) -> None:
    revenue = """
        select origin_period, sum(amount_minor) from journals.subledger_lines
        where account_role = 'revenue' and document_type is null group by all order by all
    """
    alone = Warehouse(tmp_path)
    company_with_books(alone)
    alone.insert(
        "raw.events",
        [
            subscription("K1", [fixed_line("K1-1", "1", "365.00")]),
            invoice("I1", "2026-01-01", [_LINE]),
        ],
    )
    alone.run("tag:books")
    assert books.rows(revenue) == alone.rows(revenue)


def test_what_nobody_will_bill_after_the_end_is_conceded_and_not_left_to_be_billed(
    tmp_path: Path,
) -> None:
    books = Warehouse(tmp_path)
    company_with_books(books)
    voided = {"void_date": "2026-03-01", "reason": "wrong"}

    def billed(contract: str) -> list[Row]:
        january = {"service_start": "2026-01-01", "service_end": "2026-01-31"}
        line = {"contract_id": contract, "contract_line_id": f"{contract}-1", "net_amount": "30.42"}
        return [
            subscription(
                contract, [fixed_line(f"{contract}-1", "1", "365")], term_end="2026-01-31"
            ),
            invoice(f"I-{contract}", "2026-01-01", [line | january]),
        ]

    books.insert(
        "raw.events",
        [
            *billed("GONE"),
            follow_up("invoice.voided", "V-GONE", "I-GONE", **voided),
            *billed("AGAIN"),
            follow_up(
                "invoice.voided", "V-AGAIN", "I-AGAIN", **voided, replacement_invoice_id="I-NEXT"
            ),
        ],
    )
    books.build("+booking_to_billing")
    # A month of 365.00 a year costs 30.42: a twelfth.
    assert books.rows(
        "select contract_id, value_minor, billed_minor, credited_minor, conceded_minor,"
        " to_be_billed_minor, billing_status"
        " from reconciliation.booking_to_billing order by contract_id"
    ) == [
        ("AGAIN", 3042, 3042, 3042, 0, 3042, "BILLED_LESS"),
        ("GONE", 3042, 3042, 0, 3042, 0, "BILLED"),
    ]
