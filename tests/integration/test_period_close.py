"""A period is closed and opened again by people, from the command to the embedded ledger.

Belongs here: what a closing refuses and does in the real pipeline, and what comes late afterwards.
Does not: single guards of ledger and outbox (unit/posting/test_decisions), the gate's models.
"""

import json
import shutil
import subprocess
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from core.canonical import file_sha256
from core.home import Home
from orchestration import closed_packs
from orchestration.cli import FAILED, WRONG_USAGE, invoke
from posting.connectors.embedded import EmbeddedConnector, store_path
from tests import pipeline
from tests.company import (
    COMPANY_YAML,
    event,
    invoice,
    json_lines,
    land,
    subscription,
    usage_csv,
    write_company,
)

pytestmark = pytest.mark.slow

IN_JANUARY = datetime(2026, 1, 31, 20, tzinfo=UTC)  # still January in New York
FIRST = datetime(2026, 2, 3, 12, tzinfo=UTC)
SECOND = datetime(2026, 2, 10, 12, tzinfo=UTC)
THIRD = datetime(2026, 2, 12, 12, tzinfo=UTC)
FOURTH = datetime(2026, 3, 3, 12, tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Closing:
    """A company, its home, and the command line."""

    company: Path
    home: Path

    def copy(self, to: Path) -> "Closing":
        shutil.copytree(self.company, to / "company")
        shutil.copytree(self.home, to / "home", symlinks=True)
        return Closing(company=to / "company", home=to / "home")

    def run(self, now: datetime) -> pipeline.PipelineResult:
        result = pipeline.run_pipeline(self.company, self.home, now, with_tests=False)
        self.publish(now)
        return result

    def publish(self, now: datetime) -> None:
        pipeline.publish_marts(self.company, self.home, now)

    def command(self, *arguments: str) -> int:
        return invoke([*arguments, "--company", str(self.company), "--home", str(self.home)])

    def land_usage(self, name: str, day: str, quantity: int) -> None:
        row = (f"u-{name}", "M1", f"{day}T10:00:00Z", "api_calls", quantity)
        land(self.company, f"usage/{name}.csv", usage_csv([row]))

    def erp_lines(self, period: str) -> list[Any]:
        connector = EmbeddedConnector(store_path(Home(self.home), "main"))
        return [
            line
            for line in connector.fetch_documents("T-US")
            if line.accounting_period == period and line.state == "posted"
        ]

    def is_open(self, period: str) -> bool:
        master = EmbeddedConnector(store_path(Home(self.home), "main")).read_master("T-US")
        return {each.accounting_period: each.is_open for each in master.periods}[period]

    def posted_of_january(self, period: str) -> list[tuple[str, int]]:
        """Return what belongs to January and was posted in a period, by account role."""
        return [
            tuple(row.values())
            for row in pipeline.query(
                self.home,
                "select account_role, sum(amount_minor)::bigint as minor from ledger.sealed_lines "
                f"where origin_period = '2026-01' and accounting_period = '{period}' "
                "group by all having minor <> 0 order by all",
            )
        ]


@pytest.fixture(scope="module")
def january(tmp_path_factory: pytest.TempPathFactory) -> Closing:
    """Booked early in February; nothing of January is left to do."""
    path = tmp_path_factory.mktemp("closing")
    company = write_company(
        path / "company",
        landing={
            "crm/1.jsonl": json_lines([event("subscription.created", subscription())]),
            "billing/1.jsonl": json_lines(
                [event("invoice.finalized", invoice(), source="billing", id="inv-1")]
            ),
        },
    )
    closing = Closing(company=company, home=path / "home")
    closing.land_usage("on_time", "2026-01-10", 100)
    closing.run(FIRST)
    return closing


def test_what_comes_late_for_a_closed_period_is_posted_in_the_next_with_its_origin(
    january: Closing, tmp_path: Path
) -> None:
    closing = january.copy(tmp_path)
    assert closing.is_open("2026-01")
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    assert not closing.is_open("2026-01")
    before = closing.erp_lines("2026-01")
    assert before

    closing.land_usage("late", "2026-01-20", 500)  # 500 calls at 0.10
    credit = {
        "credit_id": "CM-1",
        "invoice_id": "INV-1",
        "customer_id": "B1",
        "legal_entity_code": "T-US",
        "currency": "USD",
        "credit_date": "2026-01-31",
        "total_amount": "100.00",
        "tax_amount": "0.00",
        "lines": [
            {
                "credit_line_id": "CM-1-1",
                "invoice_line_id": "INV-1-1",
                "basis": "concession",
                "net_amount": "100.00",
                "tax_amount": "0.00",
                "tax_code": "NONE",
            }
        ],
    }
    land(
        closing.company,
        "billing/2.jsonl",
        json_lines([event("credit.issued", credit, source="billing", id="cm-1")]),
    )
    closing.run(SECOND)

    assert closing.erp_lines("2026-01") == before
    late = dict(closing.posted_of_january("2026-02"))
    assert late["unbilled_receivable"] == 50_00
    assert late["accounts_receivable"] == -100_00
    assert not closing.is_open("2026-01")
    assert closing.run(SECOND).sealed.document_count == 0


def test_the_closing_is_kept_for_ever_and_readable_by_the_models(
    january: Closing, tmp_path: Path
) -> None:
    closing = january.copy(tmp_path)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    assert closing.command("reopen", *_january_of("ann"), "--reason", "Late usage") == FAILED
    assert closing.command("reopen", *_january_of("otto"), "--reason", "Late usage") == 0
    assert closing.is_open("2026-01")
    closing.land_usage("late", "2026-01-20", 500)
    closing.run(SECOND)
    assert dict(closing.posted_of_january("2026-01"))["unbilled_receivable"] == 60_00
    assert closing.posted_of_january("2026-02") == []
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    closing.run(THIRD)
    assert [
        tuple(row.values())
        for row in pipeline.query(
            closing.home,
            "select decision_number, decision, close_version, decided_by, reason, "
            "as_of::varchar as as_of from staging.stg_exports__period_decisions "
            "where accounting_period = '2026-01' order by 1",
        )
    ] == [
        (1, "closed", 1, "ann", None, "2026-02-03 12:00:00"),
        (2, "reopened", 1, "otto", "Late usage", None),
        (3, "closed", 2, "ann", None, "2026-02-10 12:00:00"),
    ]


def test_a_closing_says_everything_that_stands_against_it(
    january: Closing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = january.copy(tmp_path)
    folder = closing.company / "company.yaml"
    folder.write_text(COMPANY_YAML.replace("1000000.00", "30.00"))
    closing.land_usage("late", "2026-01-20", 500)
    closing.run(FOURTH)
    capsys.readouterr()
    assert closing.command("close", "2026-02", "--by", "ann") == FAILED
    said = capsys.readouterr().out
    assert "2026-02 of T-US cannot be closed" in said
    assert "2026-01 of T-US is still open: close it first." in said
    assert "it needs an approval" in said
    assert "of the month or earlier wait for approval. First: RSL" in said
    assert closing.command("close", "2026-03", "--by", "ann") == FAILED
    assert "ends at 2026-04-01T04:00:00Z (America/New_York)" in capsys.readouterr().out
    assert closing.is_open("2026-02")


def test_a_failed_check_keeps_the_period_open_until_a_person_accepts_it(
    january: Closing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = january.copy(tmp_path)
    assert closing.command("close", "2026-01", "--check") == 0
    assert "2026-01 of T-US can be closed." in capsys.readouterr().out
    land(closing.company, "crm/bad.jsonl", "not an event\n")
    closing.run(SECOND)
    capsys.readouterr()
    assert closing.command("close", "2026-01", "--check") == FAILED
    assert closing.command("close", "2026-01", "--by", "ann") == FAILED
    said = capsys.readouterr().out
    assert "1 row(s) came in since the last closing and were not accepted. First: crm: " in said
    assert "(--accept quarantine_empty closes in spite of it)" in said
    accepting = ("close", "2026-01", "--by", "ann", "--accept")
    assert closing.command(*accepting, "quarantine_empty") == WRONG_USAGE
    assert closing.command(*accepting, "nothing_held", "--reason", "No time") == WRONG_USAGE
    assert closing.is_open("2026-01")
    assert closing.command(*accepting, "quarantine_empty", "--reason", "A test row") == 0
    assert not closing.is_open("2026-01")
    closing.run(FOURTH)
    assert [
        tuple(row.values())
        for row in pipeline.query(
            closing.home,
            "select accounting_period, is_period_over, is_passed from reconciliation.close_gate "
            "where check_code = 'quarantine_empty' and accounting_period > '2025-12' order by all",
        )
    ] == [("2026-02", True, True), ("2026-03", False, True)]
    (decision,) = pipeline.query(closing.home, "select * from exports.period_decisions")
    assert (decision["accepted_checks"], decision["reason"]) == ("quarantine_empty", "A test row")


def test_books_must_reach_the_end_where_the_entity_is_and_empty_months_close_too(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closes = "    period_closes:\n      - {through: 2025-12, at: 2026-01-10T00:00:00Z}\n"
    assert closes in COMPANY_YAML
    company = write_company(
        tmp_path / "company",
        company_yaml=COMPANY_YAML.replace(closes, "    period_closes: []\n"),
        landing={"crm/1.jsonl": json_lines([event("subscription.created", subscription())])},
    )
    closing = Closing(company=company, home=tmp_path / "home")
    closing.run(IN_JANUARY)
    assert closing.command("close", "2026-01", "--by", "ann", "--json") == FAILED
    (entity,) = json.loads(capsys.readouterr().out)["legal_entities"]
    assert entity["reasons"] == [
        "The books are those of 2026-01-31T20:00:00Z, and 2026-01 of T-US ends at"
        " 2026-02-01T05:00:00Z (America/New_York): run after it, then close."
    ]
    closing.run(FIRST)
    assert closing.command("close", "2026-01", "--by", "ann", "--json") == 0
    (entity,) = json.loads(capsys.readouterr().out)["legal_entities"]
    assert entity["closes_too"] == [f"2025-{month:02}" for month in range(1, 13)]
    assert not closing.is_open("2025-01")


def test_what_the_folder_closes_stays_closed_when_a_period_is_opened_again(
    january: Closing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = january.copy(tmp_path)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    closes = "      - {through: 2025-12, at: 2026-01-10T00:00:00Z}\n"
    folder = closing.company / "company.yaml"
    folder.write_text(
        folder.read_text().replace(
            closes, closes + "      - {through: 2026-01, at: 2026-02-05T00:00:00Z}\n"
        )
    )
    closing.run(SECOND)
    assert closing.command("reopen", *_january_of("otto"), "--reason", "Late usage") == 0
    assert "stays closed in the ERP main" in capsys.readouterr().out
    assert not closing.is_open("2026-01")


def test_wrong_words_are_wrong_usage(january: Closing) -> None:
    assert january.command("close", "January", "--by", "ann") == WRONG_USAGE
    assert january.command("close", "2026-01") == WRONG_USAGE
    named = ("close", "2026-01", "--by", "ann", "--legal-entity", "T-FR")
    assert january.command(*named) == WRONG_USAGE


def _january_of(by: str) -> tuple[str, ...]:
    return ("2026-01", "--legal-entity", "T-US", "--by", by)


def _proof(closing: Closing) -> list[str]:
    """Return what `tieout verify` finds wrong with kept close packs."""
    return closed_packs.verify(Home(closing.home))


def test_a_closing_keeps_its_pack_and_verify_proves_it(january: Closing, tmp_path: Path) -> None:
    closing = january.copy(tmp_path)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    kept = closing.home / "closed" / "T-US" / "2026-01" / "1"
    facts = json.loads((kept / "closing.json").read_text())
    assert facts["closing"] == ["T-US", "2026-01", 1]
    assert facts["run"]["as_of"] == "2026-02-03 12:00:00"
    sums = subprocess.run(
        ["sha256sum", "-c", "--quiet", "SHA256SUMS"], cwd=kept, check=False, capture_output=True
    )
    assert sums.returncode == 0, sums.stdout
    assert "closing.json" in (kept / "SHA256SUMS").read_text()
    assert _proof(closing) == []
    # The next run replaces site/ and leaves what was kept alone.
    closing.run(SECOND)
    assert _proof(closing) == []

    page = kept / "index.html"
    page.write_text(page.read_text().replace("2,400.00", "2,500.00") + " ")
    (found,) = _proof(closing)
    assert found.startswith("closed/T-US/2026-01/1/index.html of a close pack was changed")
    assert closing.command("verify") == FAILED

    # Changing the hash as well does not help: the audit log has the one of the closing.
    lines = (kept / "SHA256SUMS").read_text().splitlines()
    lines = [
        f"{file_sha256(page)}  index.html" if line.endswith("  index.html") else line
        for line in lines
    ]
    (kept / "SHA256SUMS").write_text("\n".join(lines) + "\n")
    (found,) = _proof(closing)
    assert "is not the one that was kept" in found
    shutil.rmtree(kept)
    assert _proof(closing) == [
        "The close pack closed/T-US/2026-01/1 is missing. Restore it from the backup."
    ]


def test_a_period_closed_again_keeps_both_packs(january: Closing, tmp_path: Path) -> None:
    closing = january.copy(tmp_path)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    reopening = ("reopen", "2026-01", "--legal-entity", "T-US", "--by", "otto")
    assert closing.command(*reopening, "--reason", "late usage") == 0
    closing.land_usage("late", "2026-01-20", 50)
    closing.run(SECOND)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
    versions = sorted(
        path.name for path in (closing.home / "closed" / "T-US" / "2026-01").iterdir()
    )
    assert versions == ["1", "2"]
    assert _proof(closing) == []


def test_a_period_is_not_closed_without_the_pack_of_its_books(
    january: Closing, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    closing = january.copy(tmp_path)
    pipeline.run_pipeline(closing.company, closing.home, SECOND, with_tests=False)
    assert closing.command("close", "2026-01", "--by", "ann") == FAILED
    assert "their close pack cannot be kept: run again, then close." in capsys.readouterr().out
    closing.publish(SECOND)
    assert closing.command("close", "2026-01", "--by", "ann") == 0
