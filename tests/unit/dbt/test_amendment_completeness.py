"""What amendments need, field by field: named when it is missing, asked for when it is due.

Belongs here: completeness over rows made up for it, and the exceptions that name what is missing.
Does not: what an event must say (the border refuses it), or what is held (controls).
"""

import pytest

from tests.books_given import company_with_books, invoice
from tests.unit.dbt.given import amendment, fixed_line, price, subscription, usage_line
from tests.warehouse import Row, Warehouse

_YEARS = ("GOOD", "LOST", "NEW", "PRICE")


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
        ],
    )  # fmt: skip
    made.build("+amendment_completeness +int_amendment_fields")
    return made


def test_what_is_missing_is_named_once_it_is_due(warehouse: Warehouse) -> None:
    assert warehouse.rows(
        "select field_code, exception_code, sentence from contracts.amendment_completeness"
        " where not is_complete order by sentence"
    ) == [
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
    ]
