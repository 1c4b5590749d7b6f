"""People state adjustments, an opening balance and reversals, from the landed file to the ERP.

Belongs here: what they do to the ERP, to the proof and to the trace, over several runs.
Does not: amounts and held cases in detail (tests.unit.dbt.test_adjustments), the border
(tests.unit.ingestion.test_adjustments).
"""

import subprocess
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from core.home import Home
from orchestration import beancount_export
from orchestration.warehouse import open_warehouse
from tests import pipeline
from tests.company import event, json_lines, land
from tests.guarded_company import FIRST, SECOND, THIRD, Guarded, write_guarded_company

pytestmark = pytest.mark.slow

Line = tuple[str, str, str, dict[str, str]]
_K1 = {"contract_id": "K1", "contract_line_id": "K1-1", "product_code": "PLAN1"}
_PLAN2 = {"product_code": "PLAN2"}
EARLY = [
    ("deferred_revenue", "debit", "100.00", _K1),
    ("revenue", "credit", "100.00", _K1),
]
ACCRUED = [
    ("unbilled_receivable", "debit", "30.00", {}),
    ("revenue", "credit", "30.00", _PLAN2),
]
OPENING = [
    ("accounts_receivable", "debit", "200.00", {"functional_amount": "215.00"}),
    ("deferred_revenue", "credit", "150.00", {"functional_amount": "161.25"}),
    ("clearing", "credit", "50.00", {"functional_amount": "53.75"}),
]
UNMAPPED = [
    ("deferred_revenue", "debit", "7.00", {}),
    ("revenue", "credit", "7.00", {"product_code": "PLAN5"}),
]
UNBALANCED = [("cash", "debit", "5.00", {}), ("clearing", "credit", "4.00", {})]


def _posted(
    name: str, day: str, lines: Sequence[Line], source: str = "operator", **changes: str
) -> dict[str, Any]:
    data = {
        "adjustment_id": name,
        "kind": "adjustment",
        "legal_entity_code": "T-US",
        "currency": "USD",
        "effective_date": day,
        "reason": "Agreed with the auditor.",
        "support": "memo-7",
        "prepared_by": "anna",
        "approved_by": "frida",
        "lines": [
            {"adjustment_line_id": str(n), "account_role": role, "side": side, "amount": amount}
            | more
            for n, (role, side, amount, more) in enumerate(lines, start=1)
        ],
    } | changes
    return event("adjustment.posted", data, id=f"posted-{name}", source=source)


def _undone(name: str, reversal: str, day: str) -> dict[str, Any]:
    data = {
        "adjustment_id": name,
        "reversal_id": reversal,
        "effective_date": day,
        "reason": "Not agreed after all.",
        "prepared_by": "anna",
        "approved_by": "frida",
    }
    return event("adjustment.reversed", data, id=f"undone-{reversal}", source="operator")


@pytest.fixture(scope="module")
def first(tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """Booked once, on 10 February, with everything people stated so far; January is open."""
    guarded = write_guarded_company(tmp_path_factory.mktemp("adjusted"))
    folder = guarded.company / "company.yaml"
    folder.write_text(
        folder.read_text().replace(
            "sources:\n", 'sources:\n  operator: {format: cloudevents, files: "operator/*"}\n'
        )
    )
    guarded.add("accounts", "T-US,2990,Clearing,liability,true,2025-01-01\n")
    guarded.add("gl_mappings", "T-US,*,clearing,2990,2025-01-01\n")
    events = [
        _posted("ADJ-1", "2026-02-05", EARLY),
        _posted("OB-1", "2026-01-01", OPENING, currency="EUR", kind="opening_balance"),
        _posted("ACC-1", "2026-01-31", ACCRUED, reverses_on="2026-02-01"),
        _posted("ACC-2", "2026-02-09", ACCRUED, reverses_on="2026-03-01"),
        _posted("ADJ-9", "2026-02-05", UNMAPPED),
        _posted("BAD-1", "2026-02-05", UNBALANCED),
    ]
    land(guarded.company, "operator/february.jsonl", json_lines(events))
    land(
        guarded.company,
        "crm/no_person.jsonl",
        json_lines([_posted("ADJ-8", "2026-02-05", EARLY, "crm")]),
    )
    pipeline.run_pipeline(guarded.company, guarded.home, FIRST)
    return guarded


@pytest.fixture(scope="module")
def second(first: Guarded, tmp_path_factory: pytest.TempPathFactory) -> Guarded:
    """January is closed; a late adjustment and four reversals arrive."""
    guarded = first.copy(tmp_path_factory.mktemp("reversed"))
    events = [
        _posted("ADJ-2", "2026-01-20", EARLY),
        _undone("ADJ-1", "REV-1", "2026-02-15"),
        _undone("ADJ-1", "REV-2", "2026-02-16"),
        _undone("OB-1", "REV-3", "2026-02-17"),
        _undone("ADJ-404", "REV-4", "2026-02-17"),
        _undone("ADJ-9", "REV-9", "2026-02-17"),
    ]
    land(guarded.company, "operator/reversals.jsonl", json_lines(events))
    pipeline.run_pipeline(guarded.company, guarded.home, SECOND)
    return guarded


def _in_erp(guarded: Guarded, document: str) -> list[tuple[Any, ...]]:
    """Return the lines the ERP holds of one document, with the day it has."""
    return guarded.rows(
        f"""
        select lines.account_code, lines.side, lines.currency, lines.amount_minor::bigint,
            lines.functional_amount_minor::bigint, lines.posting_date::varchar
        from journals.journal_entries as entries
        inner join exports.erp_documents as lines using (document_key)
        where entries.source_document = '{document}' and lines.state = 'posted' order by all
        """
    )


def test_an_adjustment_is_in_the_erp_once_on_the_mapped_accounts(first: Guarded) -> None:
    assert _in_erp(first, "adjustment:ADJ-1") == [
        ("2400", "debit", "USD", 10_000, 10_000, "2026-02-05"),
        ("4000", "credit", "USD", 10_000, 10_000, "2026-02-05"),
    ]


def test_an_opening_balance_keeps_the_functional_amounts_of_history(first: Guarded) -> None:
    # The rate of the day would make 220.00 of the receivable.
    assert _in_erp(first, "adjustment:OB-1") == [
        ("1200", "debit", "EUR", 20_000, 21_500, "2026-01-01"),
        ("2400", "credit", "EUR", 15_000, 16_125, "2026-01-01"),
        ("2990", "credit", "EUR", 5_000, 5_375, "2026-01-01"),
    ]


def test_an_accrual_reverses_by_itself_on_its_day(first: Guarded) -> None:
    assert _in_erp(first, "adjustment:ACC-1") == [
        ("1210", "debit", "USD", 3_000, 3_000, "2026-01-31"),
        ("4000", "credit", "USD", 3_000, 3_000, "2026-01-31"),
    ]
    assert _in_erp(first, "reversal:ACC-1") == [
        ("1210", "credit", "USD", 3_000, 3_000, "2026-02-01"),
        ("4000", "debit", "USD", 3_000, 3_000, "2026-02-01"),
    ]
    assert len(_in_erp(first, "adjustment:ACC-2")) == 2
    assert _in_erp(first, "reversal:ACC-2") == []


def test_a_second_run_posts_nothing(first: Guarded, tmp_path: Path) -> None:
    again = first.copy(tmp_path)
    head, posted = again.ledger_head(), again.copies_in_erp()
    again.run(FIRST)
    assert again.ledger_head() == head
    assert again.copies_in_erp() == posted
    assert set(posted.values()) == {1}


def test_what_cannot_be_accepted_is_quarantined_in_words(first: Guarded) -> None:
    assert first.rows("select reason_code, sentence from raw.quarantine order by all") == [
        (
            "PAYLOAD_INCOMPLETE",
            "The adjustment.posted event has values nobody can book: debits come to 5 USD and "
            "credits to 4 USD; they must be the same. Have the source correct it and send it "
            "under a new id.",
        ),
        (
            "SOURCE_NOT_ALLOWED",
            "adjustment.posted came from 'crm', but only people state it, through the source "
            "'operator'. Land it there if somebody means it.",
        ),
    ]


def test_every_statement_has_one_disposition(second: Guarded) -> None:
    assert second.rows(
        "select event_id, disposition, reason_code from reconciliation.event_dispositions "
        "where source = 'operator' order by all"
    ) == [
        ("posted-ACC-1", "posted", "POSTED"),
        ("posted-ACC-2", "posted", "POSTED"),
        ("posted-ADJ-1", "posted", "POSTED"),
        ("posted-ADJ-2", "posted", "POSTED"),
        ("posted-ADJ-9", "held", "GL_MAPPING_MISSING"),
        ("posted-OB-1", "posted", "POSTED"),
        ("undone-REV-1", "posted", "POSTED"),
        ("undone-REV-2", "held", "ADJUSTMENT_REVERSED_TWICE"),
        ("undone-REV-3", "posted", "POSTED"),
        ("undone-REV-4", "held", "ADJUSTMENT_UNKNOWN"),
        ("undone-REV-9", "held", "GL_MAPPING_MISSING"),
    ]


def test_what_is_not_booked_is_an_exception(second: Guarded) -> None:
    assert second.rows(
        "select subject_key, code, amount_minor, sentence from controls.exceptions "
        "where subject_key like 'adjustment:%' or subject_key like 'reversal:%' order by all"
    ) == [
        (
            "adjustment:ADJ-9", "GL_MAPPING_MISSING", 700,
            "Adjustment ADJ-9 over 7.00 USD: T-US has no account for revenue of product PLAN5 in "
            "2026-02.",
        ),
        (
            "reversal:REV-2:" + _key(second, "undone-REV-2"), "ADJUSTMENT_REVERSED_TWICE", 10_000,
            "The reversal REV-2 undoes adjustment ADJ-1 over 100.00 USD a second time; the first "
            "reversal stands.",
        ),
        (
            "reversal:REV-4:" + _key(second, "undone-REV-4"), "ADJUSTMENT_UNKNOWN", 0,
            "The reversal REV-4 undoes adjustment ADJ-404, which is not known.",
        ),
        (
            "reversal:REV-9", "GL_MAPPING_MISSING", 700,
            "Reversal REV-9 over 7.00 USD: T-US has no account for revenue of product PLAN5 in "
            "2026-02.",
        ),
        (
            "reversal:REV-9", "REVERSAL_BLOCKED_BY_ADJUSTMENT", 700,
            "Reversal REV-9 over 7.00 USD waits because adjustment ADJ-9 is held.",
        ),
    ]  # fmt: skip


def test_an_adjustment_of_a_closed_period_goes_into_the_first_open_one(second: Guarded) -> None:
    assert _in_erp(second, "adjustment:ADJ-2") == [
        ("2400", "debit", "USD", 10_000, 10_000, "2026-02-01"),
        ("4000", "credit", "USD", 10_000, 10_000, "2026-02-01"),
    ]
    assert second.rows(
        "select distinct origin_period, accounting_period, is_prior_period "
        "from journals.journal_line_sources where document_id = 'ADJ-2'"
    ) == [("2026-01", "2026-02", True)]


def test_a_reversal_brings_the_erp_back_to_zero(second: Guarded) -> None:
    assert second.rows(
        """
        select entries.source_document, lines.account_code,
            sum(case side when 'debit' then 1 else -1 end * amount_minor)::bigint,
            sum(case side when 'debit' then 1 else -1 end * functional_amount_minor)::bigint
        from journals.journal_entries as entries
        inner join exports.erp_documents as lines using (document_key)
        where entries.source_document in ('adjustment:ADJ-1', 'reversal:REV-1',
            'adjustment:OB-1', 'reversal:REV-3') and lines.state = 'posted'
        group by grouping sets ((lines.account_code, lines.currency), (entries.source_document,
            lines.account_code))
        having entries.source_document is null
        order by all
        """
    ) == [
        (None, "1200", 0, 0),
        (None, "2400", 0, 0),
        (None, "2400", 0, 0),
        (None, "2990", 0, 0),
        (None, "4000", 0, 0),
    ]


def test_the_proof_knows_adjustments(first: Guarded, second: Guarded) -> None:
    for guarded in (first, second):
        for mart in ("tie_out_summary", "roll_forwards"):
            assert guarded.rows(f"select * from reconciliation.{mart} where not is_tied") == []
        assert guarded.posted() == guarded.sealed() != []
    # ADJ-1 takes 100.00 and the held ADJ-9 would take 7.00; OB-1 brings 150.00 EUR in January.
    assert first.rows(
        "select currency, accounting_period, adjusted_minor, adjusted_balance_minor "
        "from reconciliation.roll_forward_deferred_revenue where adjusted_minor <> 0 order by all"
    ) == [("EUR", "2026-01", 15_000, 15_000), ("USD", "2026-02", -10_700, -10_700)]


def test_opening_balances_tie_to_the_erp_by_role(first: Guarded) -> None:
    assert first.rows(
        "select entry_type, currency, account_role, left_minor, right_minor, held_minor, is_tied "
        "from reconciliation.tie_out_adjustments_to_erp order by all"
    ) == [
        ("adjustment", "USD", "deferred_revenue", 10_700, 10_000, 700, True),
        ("adjustment", "USD", "revenue", -13_700, -13_000, -700, True),
        ("adjustment", "USD", "unbilled_receivable", 3_000, 3_000, 0, True),
        ("opening_balance", "EUR", "accounts_receivable", 20_000, 20_000, 0, True),
        ("opening_balance", "EUR", "clearing", -5_000, -5_000, 0, True),
        ("opening_balance", "EUR", "deferred_revenue", -15_000, -15_000, 0, True),
    ]


def test_contracts_are_left_alone(first: Guarded, second: Guarded) -> None:
    # 2,400.00 for 2026 through 9 February, and through 19 February: 2,400.00 x 325 / 365 and 315.
    question = (
        "select deferred_revenue_minor from revenue.contract_balances where contract_id = 'K1' "
        "and accounting_period = '2026-02'"
    )
    assert first.rows(question) == [(213_699,)]
    assert second.rows(question) == [(207_123,)]


def test_a_mapping_posts_what_was_held_and_its_reversal(second: Guarded, tmp_path: Path) -> None:
    healed = second.copy(tmp_path)
    healed.add("gl_mappings", "T-US,PLAN5,revenue,4010,2025-01-01\n")
    pipeline.run_pipeline(healed.company, healed.home, THIRD)
    assert _in_erp(healed, "adjustment:ADJ-9") == [
        ("2400", "debit", "USD", 700, 700, "2026-02-05"),
        ("4010", "credit", "USD", 700, 700, "2026-02-05"),
    ]
    assert len(_in_erp(healed, "reversal:REV-9")) == 2
    assert healed.posted() == healed.sealed()


def test_an_entry_can_be_traced_and_audited(second: Guarded) -> None:
    assert second.rows(
        "select document_id, reason, support, prepared_by, approved_by from journals.adjustments "
        "where document_id in ('ADJ-1', 'REV-1') order by all"
    ) == [
        ("ADJ-1", "Agreed with the auditor.", "memo-7", "anna", "frida"),
        ("REV-1", "Not agreed after all.", None, "anna", "frida"),
    ]
    assert second.rows(
        "select from_type, to_type, to_key from lineage.links where from_key in "
        "('ADJ-1', 'REV-1') and to_type <> 'subledger_line' "
        "or to_key in ('ADJ-1', 'REV-1') order by all"
    ) == [
        ("adjustment", "reversal", "REV-1"),
        ("contract", "adjustment", "ADJ-1"),
        ("event", "adjustment", "ADJ-1"),
        ("event", "reversal", "REV-1"),
    ]
    assert second.rows(
        "select count(distinct to_key) from lineage.links "
        "where from_type = 'adjustment' and from_key = 'ADJ-1' and to_type = 'subledger_line'"
    ) == [(2,)]


def test_beancount_agrees(second: Guarded, tmp_path: Path) -> None:
    path = tmp_path / beancount_export.FILE_NAME
    with open_warehouse(Home(second.home).warehouse) as connection:
        beancount_export.write_beancount(connection, path)
    assert '"opening_balance ' in path.read_text()
    checker = [str(Path(sys.executable).parent / "bean-check"), str(path)]
    checked = subprocess.run(checker, capture_output=True, text=True, check=False)
    assert (checked.returncode, checked.stderr) == (0, "")


def _key(guarded: Guarded, event_id: str) -> str:
    ((key,),) = guarded.rows(f"select event_key from raw.events where event_id = '{event_id}'")
    return key
