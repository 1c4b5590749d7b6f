"""The command line: help with examples, exit codes, sentences instead of stack traces."""

from pathlib import Path

import pytest

from core.home import Home
from ingestion.demo_company.company_folder import write_demo
from orchestration import status
from orchestration.cli import FAILED, WRONG_USAGE, invoke, tieout
from orchestration.runs import initialise


@pytest.fixture(autouse=True)
def _elsewhere(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("TIEOUT_HOME", "TIEOUT_COMPANY"):
        monkeypatch.delenv(name, raising=False)


@pytest.mark.parametrize("name", sorted(tieout.commands))
def test_every_command_shows_an_example(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke([name, "--help"]) == 0
    said = capsys.readouterr().out
    assert "Example" in said
    assert f"\n    tieout {name}" in said


@pytest.mark.parametrize(
    "name",
    [
        "run",
        "demo",
        "status",
        "exceptions",
        "trace",
        "verify",
        "approve",
        "approvals",
        "void",
        "close",
        "reopen",
        "quarantine",
        "replay",
        "export",
        "pack",
        "docs",
    ],
)
def test_every_answer_comes_as_json_too(name: str) -> None:
    assert "as_json" in {option.name for option in tieout.commands[name].params}


def test_an_unknown_option_is_wrong_usage() -> None:
    assert invoke(["run", "--colour"]) == WRONG_USAGE


def test_no_company_folder_is_wrong_usage(capsys: pytest.CaptureFixture[str]) -> None:
    assert invoke(["run"]) == WRONG_USAGE
    assert "--company" in capsys.readouterr().err


def test_a_folder_with_mistakes_lists_them_all(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "acme").mkdir()
    (tmp_path / "acme" / "company.yaml").write_text("company: Acme\ncolour: blue\n")
    assert invoke(["run", "--company", str(tmp_path / "acme")]) == WRONG_USAGE
    said = capsys.readouterr().err
    assert "colour" in said
    assert "legal_entities" in said
    assert "Traceback" not in said


@pytest.mark.parametrize(
    "arguments",
    [
        ["status"],
        ["verify"],
        ["approvals"],
        ["exceptions"],
        ["trace", "C-1"],
        ["export", "traces"],
        ["pack"],
        ["docs"],
    ],
)
def test_a_home_without_a_run_is_said(
    arguments: list[str], capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(arguments) == FAILED
    said = capsys.readouterr().err
    assert said.strip()
    assert "Traceback" not in said


def test_a_home_that_cannot_be_written_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_demo(tmp_path / "company", scale=0)
    (tmp_path / "file").write_text("")
    home = tmp_path / "file" / "home"
    arguments = ["run", "--company", str(tmp_path / "company"), "--home", str(home)]
    assert invoke(arguments) == FAILED
    said = capsys.readouterr().err
    assert str(home) in said
    assert "can be written" in said


def test_a_destroyed_control_store_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home = Home(tmp_path / "home")
    initialise(home)
    home.control_db.write_bytes(b"not a database any more" * 400)
    assert invoke(["approvals", "--home", str(home.path)]) == FAILED
    said = capsys.readouterr().err
    assert "control store" in said
    assert "backup" in said


def test_an_instant_without_zone_is_refused(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["run", "--company", str(tmp_path), "--as-of", "2026-03-01"]
    assert invoke(arguments) == WRONG_USAGE
    assert "no time zone" in capsys.readouterr().err


def test_what_is_held_without_an_amount_says_so(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    row = {
        "code": "CUSTOMER_UNKNOWN",
        "subject": "usage metering|t-1|api_calls",
        "amount": None,
        "owner": "master-data",
        "sentence": "Nobody knows t-1.",
        "next_step": "Add the customer.",
        "age": "9 days, late: 5 allowed",
    }
    monkeypatch.setattr(status, "read_exceptions", lambda *_, **__: [row])
    assert invoke(["exceptions"]) == 0
    first = capsys.readouterr().out.splitlines()[0]
    assert first == (
        "CUSTOMER_UNKNOWN  usage metering|t-1|api_calls"
        "  amount unknown  (master-data; 9 days, late: 5 allowed)"
    )
