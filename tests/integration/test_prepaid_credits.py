"""Prepaid credit through whole runs: posted, proven, traced and explained.

Belongs here: the case of prepaid credit as two real runs see it, from landing to proof.
Does not: its amounts by month (tests.scenarios), or which credit pays first (tests.unit.dbt).
"""

from datetime import UTC, datetime
from fractions import Fraction
from pathlib import Path

import pytest

from core.home import Home
from core.money import to_decimal
from orchestration import trace
from orchestration.explain import explain
from orchestration.explain.explanation import Explanation
from orchestration.explain.text import lines_of
from orchestration.publish import open_marts
from tests import pipeline
from tests.printed_arithmetic import PrintedLine, read_lines
from tests.scenarios.cases import Row, all_cases
from tests.scenarios.company_of_cases import land, write_company

pytestmark = pytest.mark.slow

CASE = next(case for case in all_cases() if case.name == "prepaid-credits")
_IN_APRIL = datetime(2025, 4, 3, 6, tzinfo=UTC)
_IN_JULY = datetime(2025, 7, 2, 6, tzinfo=UTC)


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return a folder with the company and its home after both runs."""
    folder = tmp_path_factory.mktemp("prepaid")
    write_company([CASE], folder / "company")
    for stage, now in enumerate((_IN_APRIL, _IN_JULY), start=1):
        land([CASE], folder / "company", stage)
        pipeline.run_pipeline(folder / "company", folder / "home", now)
    pipeline.publish_marts(folder / "company", folder / "home", _IN_JULY)
    return folder


def _ask(folder: Path, sql: str) -> list[Row]:
    with open_marts(Home(folder / "home").marts) as marts:
        found = marts.execute(sql)
        names = [column[0] for column in found.description or ()]
        return [dict(zip(names, row, strict=True)) for row in found.fetchall()]


def test_grants_end_where_their_use_did(folder: Path) -> None:
    rows = _ask(
        folder,
        """
        select subject, disposition, reason_code from reconciliation.event_dispositions
        where event_type = 'prepaid_credit.granted' order by subject
        """,
    )
    assert [tuple(row.values()) for row in rows] == [
        ("PREPAID-CREDITS-ADDED", "posted", "POSTED"),
        ("PREPAID-CREDITS-BOUGHT", "posted", "POSTED"),
        ("PREPAID-CREDITS-FREE", "no_financial_effect", "FREE_CREDIT"),
    ]


def test_everything_ties_out(folder: Path) -> None:
    rows = _ask(folder, "select * from reconciliation.tie_out_summary")
    assert len(rows) > 5
    assert [row for row in rows if not row["is_tied"]] == []
    codes = "select code from controls.exceptions where severity <> 'info'"
    assert _ask(folder, codes) == []


def test_usage_that_credit_pays_awaits_no_invoice(folder: Path) -> None:
    assert _ask(folder, "select * from reconciliation.usage_not_invoiced") == []


def test_another_run_posts_nothing(folder: Path) -> None:
    again = pipeline.run_pipeline(folder / "company", folder / "home", _IN_JULY)
    assert again.sealed.batch_number is None


def test_every_amount_comes_to_its_printed_arithmetic(folder: Path) -> None:
    home = Home(folder / "home")
    lines = _ask(folder, "select subledger_line_key as key from journals.subledger_differences")
    charges = _ask(folder, "select usage_charge_id as key from usage.usage_charges")
    for row in [*lines, *charges]:
        for explanation in explain(home, row["key"]):
            _lines(explanation)

    credits_given = _ask(folder, "select * from usage.prepaid_credits")
    assert len(credits_given) == 3
    for row in credits_given:
        (explanation,) = explain(home, row["prepaid_credit_id"])
        printed = _lines(explanation)
        for name, column in (("left", "left_minor"), ("not earned", "unearned_minor")):
            assert printed[name].value == Fraction(to_decimal(row[column], row["currency"]))
    assert "left for an invoice" in _lines(explain(home, _charge(folder, "2025-03"))[0])


def test_a_grant_is_traced_to_what_it_paid(folder: Path) -> None:
    found = trace.trace(Home(folder / "home"), "PREPAID-CREDITS-ADDED")
    became = {(link.child.kind, link.child.key) for link in found.became}
    assert ("usage_charge", _charge(folder, "2025-04")) in became
    assert {"subledger_line", "erp_document"} <= {kind for kind, _ in became}


def _charge(folder: Path, period: str) -> str:
    (row,) = _ask(
        folder,
        f"""
        select usage_charge_id from usage.usage_charges
        where accounting_period = '{period}' and contract_line_id = 'PREPAID-CREDITS-1'
        """,
    )
    return str(row["usage_charge_id"])


def _lines(explanation: Explanation) -> dict[str, PrintedLine]:
    """Return the printed lines by name, each of which must come to its own result."""
    printed = read_lines(lines_of(explanation, everything=True))
    assert len(printed) == len(explanation.steps)
    for line in printed:
        assert line.value == line.result, f"{explanation.key}: {line}"
    return {line.name: line for line in printed}
