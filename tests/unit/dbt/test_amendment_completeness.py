"""What amendments need, field by field: named when it is missing, asked for when it is due.

Belongs here: completeness over rows made up for it, and the exceptions that name what is missing.
Does not: what an event must say (the border refuses it), or what is held (controls).
"""

from pathlib import Path

import pytest

from tests.books_given import company_with_books, invoice, seal
from tests.unit.dbt.given import (
    amendment,
    fixed_line,
    price,
    run_as_of,
    subscription,
    usage_line,
)
from tests.warehouse import Row, Warehouse

_YEARS = ("AHEAD", "GOOD", "LOST", "NEW", "PRICE")


def _line(contract: str, amount: str) -> Row:
    return fixed_line(f"{contract}-1", "1", amount)


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("completeness"))
    company_with_books(made)
    for table, rows in price("P1", "per_unit", [("", "0.05", "0")]).items():
        made.insert(table, rows)
    billed = {"contract_id": "GOOD", "contract_line_id": "GOOD-1", "net_amount": "200",
              "service_start": "2026-03-01"}  # fmt: skip
    arrears = {"billing_frequency": "annual", "billing_timing": "arrears"}
    made.insert(
        "raw.events",
        [
            *(subscription(name, [_line(name, "365")]) for name in _YEARS),
            subscription("LATER", [_line("LATER", "365")], **arrears),
            amendment("GOOD", "A1", "2026-03-01", [_line("GOOD", "730"), usage_line("GOOD-2")]),
            invoice("I1", "2026-03-01", [billed]),
            # The run is of 1 July: 45 days after 1 March have gone by, after 20 June not.
            amendment("LOST", "A2", "2026-03-01", [_line("LOST", "730")]),
            amendment("NEW", "A3", "2026-06-20", [_line("NEW", "730")]),
            amendment("PRICE", "A4", "2026-06-20", [_line("PRICE", "365"), usage_line("U", "P9")]),
            amendment("LATER", "A5", "2026-03-01", [_line("LATER", "730")]),
            amendment("AHEAD", "A6", "2026-09-01", [_line("AHEAD", "365"), usage_line("V", "P9")]),
        ],
    )  # fmt: skip
    made.build("+amendment_completeness +int_amendment_fields")
    return made


@pytest.fixture
def sealed(tmp_path: Path) -> Warehouse:
    """Two contracts over 365.00 with their books of 19 June sealed; then PRICE is amended."""
    made = Warehouse(tmp_path)
    company_with_books(made)
    run_as_of(made, "2026-06-20 12:00:00")
    made.insert(
        "raw.events", [subscription(name, [_line(name, "365")]) for name in ("AHEAD", "PRICE")]
    )
    made.run("+proposed_lines")
    seal(made)
    made.insert(
        "raw.events",
        [
            amendment("PRICE", "A4", "2026-06-20", [_line("PRICE", "365"), usage_line("U", "P9")]),
            amendment("AHEAD", "A6", "2026-07-02", [_line("AHEAD", "365"), usage_line("V", "P9")]),
        ],
    )
    run_as_of(made, "2026-07-01 12:00:00")
    made.build("+proposed_lines +amendment_completeness +int_exceptions_from_controls")
    return made


def _recognised(made: Warehouse) -> list[tuple[object, ...]]:
    return made.rows(
        "select contract_id, sum(should_minor), sum(sealed_minor), min(hold_code)"
        " from journals.subledger_differences where account_role = 'revenue'"
        " group by 1 order by 1"
    )


def test_what_is_missing_is_named_once_it_is_due(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select field_code, exception_code, sentence from contracts.amendment_completeness"
        " where not is_complete order by sentence"
    ) == [
        (
            "price",
            "AMENDMENT_INCOMPLETE",
            "Contract AHEAD: upgrade A6 of 2026-09-01 has no price for V (P9).",
        ),
        (
            "billing_document",
            "AMENDMENT_NOT_BILLED",
            "Contract LOST: upgrade A2 of 2026-03-01 has no billing document, which was due by"
            " 2026-04-15.",
        ),
        (
            "price",
            "AMENDMENT_INCOMPLETE",
            "Contract PRICE: upgrade A4 of 2026-06-20 has no price for U (P9).",
        ),
    ]


def test_every_amendment_is_asked_for_every_field(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select amendment_id, count(*), count(*) filter (where is_due),"
        " count(*) filter (where is_present)"
        " from contracts.amendment_completeness group by 1 order by 1"
    )
    # Seven fields at once; where the price changes also billing's document and its tax codes.
    assert rows == [
        ("A1", 9, 9, 9),
        ("A2", 9, 8, 8),
        ("A3", 9, 7, 8),
        ("A4", 7, 7, 6),
        ("A5", 9, 7, 8),
        ("A6", 7, 7, 6),
    ]


def test_what_pricing_lacks_holds_the_contract_once_the_amendment_is_in_effect(
    sealed: Warehouse,
) -> None:
    # 170 days were sealed at 1.00 a day; 181 have gone by. The hold reverses nothing and moves
    # nothing of the other contract, whose amendment begins a day after the last complete day.
    assert _recognised(sealed) == [
        ("AHEAD", -18100, -17000, None),
        ("PRICE", -18100, -17000, "AMENDMENT_INCOMPLETE"),
    ]
    assert sealed.rows(
        "select distinct contract_id from journals.proposed_lines order by contract_id"
    ) == [("AHEAD",)]
    assert sealed.rows(
        "select subject_key, sentence from intermediate.int_exceptions_from_controls"
        " where code = 'AMENDMENT_INCOMPLETE'"
    ) == [
        (
            "PRICE",
            "Contract PRICE over 365.00 USD lacks 1 field of its amendments: upgrade A4 in effect"
            " since 2026-06-20 has no price for U (P9).",
        )
    ]
    assert sealed.rows(
        "select amendment_id, is_holding from contracts.amendment_completeness"
        " where not is_present order by amendment_id"
    ) == [("A4", True), ("A6", False)]


def test_the_price_plan_that_comes_releases_the_contract_by_itself(sealed: Warehouse) -> None:
    for table, rows in price("P9", "per_unit", [("", "0.05", "0")]).items():
        sealed.insert(table, rows)
    sealed.run("+proposed_lines")
    assert sealed.rows(
        "select contract_id, sum(difference_minor) from journals.proposed_lines"
        " where account_role = 'revenue' group by 1 order by 1"
    ) == [("AHEAD", -1100), ("PRICE", -1100)]


def test_an_invoice_that_is_due_is_listed_and_holds_nothing(warehouse: Warehouse) -> None:
    assert not warehouse.rows(
        "select contract_id from contracts.amendment_completeness"
        " where field_code = 'billing_document' and is_holding"
    )
    warehouse.run("+holds +int_exceptions_from_tie_outs")
    assert warehouse.rows("select subject_key, hold_code from controls.holds") == [
        ("PRICE", "AMENDMENT_INCOMPLETE")
    ]
