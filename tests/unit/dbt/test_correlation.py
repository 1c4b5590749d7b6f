"""The id of a business transaction on every line of the books, also when a source sends none.

Belongs here: which id a contract and a document fall back on.
Does not: how ids reach the ERP and the metrics (tests.integration.test_reconciliation).
"""

from pathlib import Path
from random import Random

import pytest

from tests.books_given import company_with_books, credit, invoice, payment
from tests.unit.dbt.given import event, fixed_line, run_as_of, subscription
from tests.warehouse import Row, Warehouse

_LINES = """
    select
        coalesce(document_type || ':' || document_id, contract_id) as subject,
        list(distinct correlation_id order by correlation_id)
    from journals.subledger_lines
    group by 1
    order by 1
"""


def _unnamed(row: Row) -> Row:
    return row | {"correlation_id": None}


def _events() -> list[Row]:
    lines = [fixed_line("L1", "1", "365")]
    net = {"contract_id": "ANY", "contract_line_id": "L1", "net_amount": "365"}
    both = [net | {"contract_id": "LATE"}, net | {"contract_id": "NONE"}]
    adjusted = event(
        "adjustment.posted",
        "adj-1",
        source="operator",
        adjustment_id="ADJ-1",
        kind="adjustment",
        legal_entity_code="US",
        currency="USD",
        effective_date="2026-01-31",
        reverses_on="2026-02-01",
        reason="Accrued support.",
        support="TICKET-1",
        prepared_by="mia",
        approved_by="otto",
        lines=[
            {"adjustment_line_id": "1", "account_role": "clearing", "side": "debit", "amount": "1"},
            {"adjustment_line_id": "2", "account_role": "cash", "side": "credit", "amount": "1"},
        ],
    )
    return [
        _unnamed(subscription("LATE", lines, at="2026-01-01 08:00:00")),
        # Two systems announce it again; the id that was given first counts.
        subscription("LATE", lines, source="billing", at="2026-01-01 10:00:00")
        | {"correlation_id": "ORD-9"},
        subscription("LATE", lines, source="portal", at="2026-01-01 09:00:00")
        | {"correlation_id": "ORD-7"},
        _unnamed(subscription("NONE", lines)),
        subscription("NAMED", lines) | {"correlation_id": "ORD-1"},
        _unnamed(invoice("I-LATE", "2026-01-01", [net | {"contract_id": "LATE"}])),
        _unnamed(payment("P-LATE", "I-LATE", "2026-01-05", "365")),
        _unnamed(credit("C-LATE", "I-LATE", "2026-02-05", "10", "concession")),
        invoice("I-NAMED", "2026-01-01", [net | {"contract_id": "NAMED"}])
        | {"correlation_id": "BILL-1"},
        _unnamed(payment("P-NAMED", "I-NAMED", "2026-01-05", "365")),
        _unnamed(invoice("I-BOTH", "2026-01-01", both)),
        _unnamed(adjusted),
    ]


@pytest.mark.parametrize("seed", [1, 2])
def test_every_line_has_the_id_it_was_given_or_falls_back_on(tmp_path: Path, seed: int) -> None:
    warehouse = Warehouse(tmp_path)
    company_with_books(warehouse)
    run_as_of(warehouse, "2026-07-01 12:00:00")
    events = _events()
    Random(seed).shuffle(events)
    warehouse.insert("raw.events", events)
    warehouse.build("+subledger_lines")
    assert warehouse.rows(_LINES) == [
        ("LATE", ["ORD-7"]),
        ("NAMED", ["ORD-1"]),
        ("NONE", ["contract:NONE"]),
        ("adjustment:ADJ-1", ["adjustment:ADJ-1"]),
        ("credit:C-LATE", ["ORD-7"]),
        ("invoice:I-BOTH", ["ORD-7"]),
        ("invoice:I-LATE", ["ORD-7"]),
        ("invoice:I-NAMED", ["BILL-1"]),
        ("payment:P-LATE", ["ORD-7"]),
        ("payment:P-NAMED", ["BILL-1"]),
        ("reversal:ADJ-1", ["adjustment:ADJ-1"]),
    ]
