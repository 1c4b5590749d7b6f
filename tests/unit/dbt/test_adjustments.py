"""Adjustments, opening balances and reversals in the books of a small company.

Belongs here: what they book, in both currencies and to which accounts; what is held or refused.
Does not: events that are refused at the border (tests.unit.ingestion.test_adjustments), posting.
"""

from pathlib import Path
from typing import Any

import pytest

from tests.books_given import account, company_with_books
from tests.unit.dbt.given import event, fixed_line, subscription
from tests.warehouse import Row, Warehouse

SELECT = "tag:books"
LINES = """
    select document_id, document_line_id, amount_minor, functional_amount_minor
    from journals.subledger_lines where document_type in ('adjustment', 'reversal') order by all
"""
FINDINGS = """
    select subject_key, exception_code, sentence from controls.control_results
    where not is_passed order by all
"""


def line(line_id: str, role: str, side: str, amount: str, **more: str) -> dict[str, Any]:
    return {
        "adjustment_line_id": line_id,
        "account_role": role,
        "side": side,
        "amount": amount,
    } | more


def posted(name: str, day: str, lines: list[dict[str, Any]], **changes: str) -> Row:
    envelope = {key: changes.pop(key) for key in ("known", "event_id") if key in changes}
    data: dict[str, Any] = {
        "adjustment_id": name,
        "kind": "adjustment",
        "legal_entity_code": "US",
        "currency": "USD",
        "effective_date": day,
        "reason": "A reason.",
        "prepared_by": "anna",
        "approved_by": "frida",
        "lines": lines,
    } | changes
    event_id = envelope.pop("event_id", f"posted-{name}")
    return event("adjustment.posted", event_id, source="operator", **envelope, **data)


def undone(name: str, reversal: str, day: str, known: str = "2026-01-02 00:00:00") -> Row:
    return event(
        "adjustment.reversed", f"undone-{reversal}", source="operator", known=known,
        adjustment_id=name, reversal_id=reversal, effective_date=day, reason="Undone.",
        prepared_by="anna", approved_by="frida",
    )  # fmt: skip


SIMPLE = [line("1", "deferred_revenue", "debit", "30"), line("2", "revenue", "credit", "30")]
THIRDS = [
    line("1", "accounts_receivable", "debit", "0.01"),
    line("2", "unbilled_receivable", "debit", "0.01"),
    line("3", "cash", "debit", "0.01"),
    line("4", "clearing", "credit", "0.03"),
]
OPENING = [
    line("1", "accounts_receivable", "debit", "100", functional_amount="117.50"),
    line("2", "clearing", "credit", "100", functional_amount="117.50"),
]


def books(folder: Path, *events: Row, mappings: tuple[Row, ...] = ()) -> Warehouse:
    warehouse = Warehouse(folder)
    company_with_books(warehouse)
    warehouse.insert("raw.reference_gl_mappings", mappings)
    codes = [mapping["account_code"] for mapping in mappings]
    warehouse.insert("raw.reference_accounts", [account(code) for code in codes])
    warehouse.insert("raw.events", events)
    warehouse.build(SELECT)
    return warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """One entry of each kind, as of 1 July 2026; a mapping changes on 1 March."""
    return books(
        tmp_path_factory.mktemp("adjustments"),
        subscription("K", [fixed_line("K-1", "10", "36.50")]),
        posted("A-1", "2026-02-20", SIMPLE),
        undone("A-1", "R-1", "2026-03-10"),
        posted("A-2", "2026-01-31", SIMPLE, reverses_on="2026-02-01"),
        posted("A-3", "2026-06-30", SIMPLE, reverses_on="2026-07-01"),
        posted("A-4", "2026-02-15", THIRDS, currency="EUR"),
        posted("O-1", "2026-01-01", OPENING, currency="EUR", kind="opening_balance"),
        undone("O-1", "R-2", "2026-05-01"),
        mappings=(
            {
                "legal_entity_code": "US", "product_code": "*", "account_role": "revenue",
                "account_code": "new-revenue", "valid_from": "2026-03-01",
                "snapshot_hash": "m" * 64, "row_number": 99,
            },
        ),
    )  # fmt: skip


def test_every_line_stands_alone_and_reversals_are_the_exact_opposite(built: Warehouse) -> None:
    # 0.01 EUR at 1.2345 are 1.2345 cents, three of them 3.7035: 4, so one line takes two cents.
    # The rate of the reversal's day (0.987) plays no part, nor does a rate in what history knows.
    # A-3 reverses on 1 July: at noon of that day its last complete day is 30 June.
    assert built.rows(LINES) == [
        ("A-1", "1", 3000, 3000),
        ("A-1", "2", -3000, -3000),
        ("A-2", "1", -3000, -3000),
        ("A-2", "1", 3000, 3000),
        ("A-2", "2", -3000, -3000),
        ("A-2", "2", 3000, 3000),
        ("A-3", "1", 3000, 3000),
        ("A-3", "2", -3000, -3000),
        ("A-4", "1", 1, 2),
        ("A-4", "2", 1, 1),
        ("A-4", "3", 1, 1),
        ("A-4", "4", -3, -4),
        ("O-1", "1", 10000, 11750),
        ("O-1", "2", -10000, -11750),
        ("R-1", "1", -3000, -3000),
        ("R-1", "2", 3000, 3000),
        ("R-2", "1", -10000, -11750),
        ("R-2", "2", 10000, 11750),
    ]
    assert built.rows(FINDINGS) == []


def test_a_reversal_goes_to_the_account_of_what_it_undoes(built: Warehouse) -> None:
    assert built.rows(
        "select document_id, account_code, origin_period from journals.subledger_lines "
        "where account_role = 'revenue' and document_id in ('A-1', 'R-1') order by all"
    ) == [("A-1", "revenue", "2026-02"), ("R-1", "revenue", "2026-03")]


def test_the_entry_type_is_the_kind_and_the_schedule_is_left_alone(built: Warehouse) -> None:
    assert built.rows(
        "select distinct entry_type from journals.subledger_lines "
        "where document_type in ('adjustment', 'reversal') order by all"
    ) == [("adjustment",), ("opening_balance",)]
    assert built.rows("select sum(deferred_revenue_minor) from revenue.contract_balances") == [(0,)]


def test_what_cannot_be_booked_is_held_with_a_sentence(tmp_path: Path) -> None:
    orphan = [
        line("1", "cash", "debit", "5", contract_id="K9"),
        line("2", "clearing", "credit", "5"),
    ]
    stated = [
        line("1", "cash", "debit", "5", functional_amount="6"),
        line("2", "clearing", "credit", "5", functional_amount="6"),
    ]
    warehouse = books(
        tmp_path,
        posted("A-1", "2026-02-20", SIMPLE, legal_entity_code="MARS"),
        posted("A-2", "2026-02-20", SIMPLE, currency="CHF"),
        posted("A-3", "2026-02-20", orphan),
        undone("A-3", "R-3", "2026-02-21"),
        posted("A-4", "2026-02-20", stated),
        posted("A-5", "2019-12-31", SIMPLE),
    )
    assert warehouse.rows(FINDINGS) == [
        (
            "adjustment:A-1",
            "LEGAL_ENTITY_UNKNOWN",
            "Adjustment A-1 over 30.00 USD names the legal entity 'MARS', which the company does "
            "not have.",
        ),
        (
            "adjustment:A-2",
            "MISSING_FX_RATE",
            "Adjustment A-2 over 30.00 CHF: no rate from CHF to USD on 2026-02-20.",
        ),
        (
            "adjustment:A-3",
            "ORPHAN_TRANSACTION",
            "Adjustment A-3 over 5.00 USD refers to contract K9, which is not known.",
        ),
        (
            "adjustment:A-4",
            "FUNCTIONAL_AMOUNT_MISMATCH",
            "Adjustment A-4 over 5.00 USD has 2 functional amounts that differ, though USD is the "
            "functional currency.",
        ),
        (
            "adjustment:A-5",
            "GL_MAPPING_MISSING",
            "Adjustment A-5 over 30.00 USD: US has no account for deferred revenue in 2019-12.",
        ),
        (
            "reversal:R-3",
            "REVERSAL_BLOCKED_BY_ADJUSTMENT",
            "Reversal R-3 over 5.00 USD waits because adjustment A-3 is held.",
        ),
    ]
    assert warehouse.rows("select document_id from journals.proposed_lines") == []


def test_only_the_first_statement_counts(tmp_path: Path) -> None:
    late = "2026-01-03 00:00:00"
    again = posted("A-1", "2026-02-20", SIMPLE, event_id="again", known=late)
    warehouse = books(
        tmp_path,
        posted("A-1", "2026-02-20", SIMPLE),
        again,
        undone("A-1", "R-0", "2026-02-19"),
        undone("A-1", "R-1", "2026-02-21"),
        undone("A-1", "R-2", "2026-02-22", late),
        undone("NOPE", "R-3", "2026-02-22"),
        posted("A-2", "2026-01-31", SIMPLE, reverses_on="2026-02-01"),
        undone("A-2", "R-4", "2026-02-22"),
    )
    found = {(code, sentence) for _, code, sentence in warehouse.rows(FINDINGS)}
    assert found == {
        ("DUPLICATE_DOCUMENT",
         "A second adjustment A-1 came from operator; the first one stands."),
        ("REVERSAL_BEFORE_ADJUSTMENT",
         "The reversal R-0 of 2026-02-19 is dated before adjustment A-1 over 30.00 USD of "
         "2026-02-20."),
        ("ADJUSTMENT_REVERSED_TWICE",
         "The reversal R-2 undoes adjustment A-1 over 30.00 USD a second time; the first reversal "
         "stands."),
        ("ADJUSTMENT_UNKNOWN",
         "The reversal R-3 undoes adjustment NOPE, which is not known."),
        ("ADJUSTMENT_REVERSED_TWICE",
         "The reversal R-4 undoes adjustment A-2 over 30.00 USD a second time; the first reversal "
         "stands."),
    }  # fmt: skip
    booked = warehouse.rows(
        "select distinct document_type, document_id from journals.subledger_lines order by all"
    )
    assert booked == [
        ("adjustment", "A-1"),
        ("adjustment", "A-2"),
        ("reversal", "A-2"),
        ("reversal", "R-1"),
    ]
