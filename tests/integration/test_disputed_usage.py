"""A customer disputes the usage of a month: held, corrected, rated again, released.

Belongs here: that it takes a hold, a usage file and a release, and that nobody else notices.
Does not: other corrections (scenarios/usage-corrections), holds of documents (test_operator_holds).
"""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests.company import event, json_lines, land
from tests.guarded_company import FIRST, SECOND, THIRD, Guarded, write_guarded_company

pytestmark = pytest.mark.slow

_JANUARY = """
    select quantity::int, charge_minor from usage.usage_charges
    where contract_id = 'K1' and accounting_period = '2026-01'
"""
_OF_JANUARY = """
    select accounting_period, is_prior_period, -sum(amount_minor)::int
    from journals.journal_line_sources
    where contract_id = 'K1' and entry_type = 'usage_accrual' and account_role = 'revenue'
        and origin_period = '2026-01'
    group by all order by all
"""
_OTHERS = """
    select subledger_line_key, document_key, posting_date, sum(amount_minor)::int
    from ledger.sealed_lines where contract_id <> 'K1' group by all order by all
"""
_CHARGES_OF_OTHERS = "select * from usage.usage_charges where contract_id <> 'K1' order by all"


@dataclass(frozen=True, kw_only=True)
class Dispute:
    """The company in dispute with K1's customer, and the same without any dispute."""

    disputed: Guarded
    undisturbed: Guarded


def _operator(kind: str, event_id: str, **data: str) -> dict[str, Any]:
    return event(kind, {"hold_id": "D1"} | data, id=event_id, source="operator")


@pytest.fixture(scope="module")
def dispute(tmp_path_factory: pytest.TempPathFactory) -> Dispute:
    """January was posted and closed; then K1 is held, and metering corrects two days of it."""
    root = tmp_path_factory.mktemp("dispute")
    first = write_guarded_company(root / "first")
    folder = first.company / "company.yaml"
    operator = 'sources:\n  operator: {format: cloudevents, files: "operator/*"}\n'
    folder.write_text(folder.read_text().replace("sources:\n", operator))
    first.run(FIRST)
    disputed = first.copy(root / "disputed")
    hold = _operator(
        "hold.placed",
        "h1",
        subject_type="contract",
        subject_key="K1",
        reason="The customer disputes the calls of January.",
        placed_by="frida",
    )
    land(disputed.company, "operator/hold.jsonl", json_lines([hold]))
    right = {"subject": "M1", "meter": "api_calls", "quantity": "400"}
    corrections = [
        {"id": "v1", "time": "2026-02-16T08:00:00Z", "cancels": "first-1-0"},
        {"id": "r1", "time": "2026-01-06T15:00:00Z", "supersedes": "first-1-1"} | right,
    ]
    land(disputed.company, "usage/corrections.jsonl", json_lines(corrections))
    for guarded in (disputed, first):
        guarded.run(SECOND)
    return Dispute(disputed=disputed, undisturbed=first)


def test_the_month_is_rated_again_and_nothing_of_it_is_posted_meanwhile(dispute: Dispute) -> None:
    # 27 days of 40 calls: 1,000 at 0.10 and 80 at 0.08.
    assert dispute.undisturbed.rows(_JANUARY) == [(1080, 10640)]
    # 40 less, and 400 in the place of 40: 1,000 at 0.10 and 400 at 0.08.
    assert dispute.disputed.rows(_JANUARY) == [(1400, 13200)]
    assert dispute.disputed.rows(_OF_JANUARY) == [("2026-01", False, 10640)]
    assert dispute.disputed.held()["K1"] == {"HELD_BY_OPERATOR"}
    assert dispute.disputed.rows("""
        select -sum(difference_minor)::int from journals.subledger_differences
        where contract_id = 'K1' and entry_type = 'usage_accrual' and account_role = 'revenue'
            and origin_period = '2026-01'
    """) == [(2560,)]


def test_what_was_disputed_and_what_was_found_stand_beside_each_other(dispute: Dispute) -> None:
    charge = "K1|K1-2|1|2026-01"
    assert dispute.disputed.rows("""
        select event_id, correction, quantity_before::int, quantity_after::int,
            usage_charge_id_before, usage_charge_id_after
        from usage.usage_corrections order by event_id
    """) == [
        ("r1", "superseded", 40, 400, charge, charge),
        ("v1", "cancelled", 40, None, charge, None),
    ]


def test_nobody_else_notices(dispute: Dispute) -> None:
    for sql in (_OTHERS, _CHARGES_OF_OTHERS):
        assert dispute.disputed.rows(sql) == dispute.undisturbed.rows(sql) != []


def test_the_difference_is_posted_once_it_is_released(dispute: Dispute, tmp_path: Path) -> None:
    settled = dispute.disputed.copy(tmp_path / "settled")
    undisturbed = dispute.undisturbed.copy(tmp_path / "undisturbed")
    release = _operator("hold.released", "h2", reason="Agreed.", released_by="otto")
    land(settled.company, "operator/release.jsonl", json_lines([release]))
    for guarded in (settled, undisturbed):
        guarded.run(THIRD)
    assert settled.rows(_OF_JANUARY) == [("2026-01", False, 10640), ("2026-02", True, 2560)]
    assert settled.rows(_OTHERS) == undisturbed.rows(_OTHERS)
    assert "K1" not in settled.held()
    assert settled.posted() == settled.sealed()
