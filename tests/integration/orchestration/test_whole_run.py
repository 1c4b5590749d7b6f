"""`tieout run` on the demo company: from landed files to published marts, twice, and the past."""

import json
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.home import Home
from ingestion.demo_company.company_folder import write_demo
from orchestration import publish
from orchestration.cli import FAILED, invoke
from posting import ledger
from tests.pipeline import query

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Demo:
    """The demo company, run once."""

    company: Path
    home: Path
    first: dict[str, Any]

    def options(self) -> list[str]:
        return ["--company", str(self.company), "--home", str(self.home)]


@pytest.fixture(scope="module")
def demo(tmp_path_factory: pytest.TempPathFactory) -> Demo:
    folder = tmp_path_factory.mktemp("demo")
    company, home, said = folder / "company", folder / "home", folder / "first.json"
    write_demo(company, scale=0)
    options = ["--company", str(company), "--home", str(home), "--json"]
    done = _tieout("run", *options)
    assert done.returncode == 0, done.stderr
    said.write_text(done.stdout)
    return Demo(company, home, json.loads(done.stdout))


def _tieout(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the command as people do: a process of its own."""
    program = Path(sys.executable).with_name("tieout")
    return subprocess.run([program, *arguments], capture_output=True, text=True, check=False)


def _erp(home: Path) -> list[tuple]:
    with sqlite3.connect(f"file:{home / 'erp' / 'main.sqlite'}?mode=ro", uri=True) as connection:
        return connection.execute("select * from documents order by 1, 2").fetchall()


def _figures(home: Path) -> dict[str, list[tuple]]:
    """Return every table from usage to journals, sorted."""
    with duckdb.connect(str(Home(home).warehouse), read_only=True) as connection:
        names = connection.execute(
            "select table_schema || '.' || table_name from information_schema.tables"
            " where table_schema in ('usage', 'contracts', 'revenue', 'journals')"
            " and table_type = 'BASE TABLE' or table_name = 'int_usage_by_day_part' order by 1"
        ).fetchall()
        return {
            name: rows
            for (name,) in names
            if (rows := connection.execute(f"select * from {name} order by all").fetchall())
        }


def _told(home: Path) -> dict[str, bytes]:
    """Return every file of messages."""
    files = (home / "messages").rglob("*.jsonl")
    return {path.relative_to(home).as_posix(): path.read_bytes() for path in files}


def test_the_first_run_plays_every_arrival_and_posts(demo: Demo) -> None:
    assert [run["as_of"] for run in demo.first["runs"]] == [
        "2026-03-01T06:00:00Z",
        "2026-03-10T06:00:00Z",
    ]
    for run in demo.first["runs"]:
        landed = run["landed"]
        assert landed["landed"] == sum(landed[n] for n in ("accepted", "duplicate", "quarantined"))
        assert run["sealed"]["document_count"] == run["delivered"]["posted"] > 0
    assert demo.first["runs"][1]["landed"]["quarantined"] == 2
    assert {path.split("/")[-2] for path in _told(demo.home)} == {
        "billing", "crm", "sprout", "notifications",
    }  # fmt: skip


def test_everything_ties_out(demo: Demo) -> None:
    assert {row["tie_out_name"] for row in demo.first["tie_outs"]} >= {
        "usage_to_charges",
        "charges_to_invoices",
        "invoices_to_subledger",
        "schedules_to_journals",
        "journals_to_erp",
    }
    assert [row for row in demo.first["tie_outs"] if not row["is_tied"]] == []


def test_every_fault_of_the_demo_is_named(demo: Demo) -> None:
    codes = {row["code"] for row in demo.first["exceptions"]}
    assert codes >= {
        "CUSTOMER_UNKNOWN",
        "GL_MAPPING_MISSING",
        "DUPLICATE_KEY_DIFFERENT_BODY",
        "TAX_CODE_UNKNOWN",
        "DOCUMENT_TOTAL_MISMATCH",
    }


def test_an_independent_program_agrees_with_the_journals(demo: Demo) -> None:
    program = Path(sys.executable).with_name("bean-check")
    path = demo.home / "marts" / "journals.beancount"
    assert subprocess.run([program, path], check=False).returncode == 0
    forged = demo.home.parent / "forged.beancount"
    cents = next(word for word in path.read_text().split() if word.endswith(".00"))
    forged.write_text(path.read_text().replace(f" {cents} ", f" {cents[:-1]}1 ", 1))
    assert subprocess.run([program, forged], capture_output=True, check=False).returncode == 1


def test_a_second_run_posts_nothing_and_says_so(demo: Demo) -> None:
    before, head = _erp(demo.home), ledger.head_number(Home(demo.home))
    with publish.open_marts(demo.home / "marts") as reader:
        done = _tieout("run", *demo.options())
        assert done.returncode == 0, done.stderr
        assert reader.execute("select count(*) from journals.journal_entries").fetchone()[0] > 0
    assert "nothing new: this run sealed nothing and posted nothing" in done.stdout
    assert "nothing new to seal" in done.stderr
    assert "nothing new to tell" in done.stderr
    assert ledger.head_number(Home(demo.home)) == head
    assert _erp(demo.home) == before


def test_what_was_added_up_step_by_step_is_what_a_rebuild_adds_up(demo: Demo) -> None:
    step_by_step, told = _figures(demo.home), _told(demo.home)
    assert {"usage.usage_charges", "intermediate.int_usage_by_day_part"} <= set(step_by_step)
    Home(demo.home).warehouse.unlink()
    done = _tieout("run", *demo.options())
    assert done.returncode == 0, done.stderr
    assert "nothing new: this run sealed nothing and posted nothing" in done.stdout
    assert _figures(demo.home) == step_by_step
    assert _told(demo.home) == told


def test_the_past_is_answered_and_never_posted(demo: Demo) -> None:
    head = ledger.head_number(Home(demo.home))
    done = _tieout("run", *demo.options(), "--as-of", "2026-03-05T06:00:00Z")
    assert done.returncode == 0, done.stderr
    assert "Nothing is posted" in done.stdout
    scratch = Home(demo.home).scratch_warehouse
    assert str(scratch) in done.stdout
    with duckdb.connect(str(scratch), read_only=True) as connection:
        parameters = connection.execute("select as_of, raw_head from run.parameters").fetchone()
        assert str(parameters[0]) == "2026-03-05 06:00:00"
        assert parameters[1] == 1  # the second arrival was not known yet
    assert ledger.head_number(Home(demo.home)) == head
    assert "duckdb -readonly" not in done.stdout

    with duckdb.connect(str(scratch), read_only=True) as connection:
        contracts = connection.execute("select count(*) from contracts.contracts").fetchone()[0]
        recognized = connection.execute(
            "select sum(recognized_minor) from revenue.contract_balances as balances"
            " where legal_entity_code = 'NW-DE' and currency = 'EUR' and accounting_period ="
            " (select max(accounting_period) from revenue.contract_balances as later"
            " where later.contract_id = balances.contract_id and later.currency = 'EUR')"
        ).fetchone()[0]
    assert f"{contracts} contracts" in done.stdout
    assert f"{recognized // 100:,}.{recognized % 100:02}" in done.stdout


def test_a_past_in_which_nothing_was_known_is_said(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    asked = ["--as-of", "2026-02-15T00:00:00Z"]
    assert invoke(["run", *demo.options(), *asked]) == 0
    said = capsys.readouterr().out
    assert "Nothing is posted" in said
    assert "Nothing was known at that instant" in said


def test_an_id_is_followed_both_ways(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    document = query(
        demo.home,
        "select document_key from journals.journal_entries where entry_type = 'billing'"
        " order by document_key limit 1",
    )[0]["document_key"]
    assert invoke(["trace", document, *demo.options(), "--json"]) == 0
    found = json.loads(capsys.readouterr().out)
    sources = {link["child"]["kind"] for link in found["came_from"]}
    assert sources >= {"journal_line", "subledger_line", "invoice", "contract", "event"}
    assert [link["child"]["kind"] for link in found["became"]] == ["erp_document"]

    event = next(link["child"] for link in found["came_from"] if link["child"]["kind"] == "event")
    assert invoke(["trace", event["key"], *demo.options(), "--json"]) == 0
    onward = json.loads(capsys.readouterr().out)
    assert {"kind": "document", "key": document} in [link["child"] for link in onward["became"]]


def test_a_usage_event_is_followed_to_its_document(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    event = query(
        demo.home,
        "select source || ':' || event_id as event from lineage.usage_event_charges"
        " where usage_charge_id is not null order by event limit 1",
    )[0]["event"]
    assert invoke(["trace", event, *demo.options(), "--json"]) == 0
    kinds = {link["child"]["kind"] for link in json.loads(capsys.readouterr().out)["became"]}
    assert kinds >= {"usage_charge", "subledger_line", "journal_line", "document", "erp_document"}


def test_status_and_exceptions_answer(demo: Demo, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["status", *demo.options(), "--json"]) == 0
    assert json.loads(capsys.readouterr().out)["documents"].keys() == {"posted"}
    assert invoke(["exceptions", *demo.options(), "--code", "GL_MAPPING_MISSING", "--json"]) == 0
    [row] = json.loads(capsys.readouterr().out)
    assert row["subject"] == "contract CT-1011"
    assert row["owner"]
    assert row["next_step"]
    assert row["age"]


def test_verify_agrees_until_somebody_changes_the_erp(
    demo: Demo, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["verify", *demo.options()]) == 0
    with sqlite3.connect(demo.home / "erp" / "main.sqlite") as connection:
        connection.execute(
            "update lines set amount_minor = amount_minor + 1 where rowid ="
            " (select min(rowid) from lines)"
        )
    capsys.readouterr()
    assert invoke(["verify", *demo.options()]) == FAILED
    assert "reads otherwise in the ERP" in capsys.readouterr().out
