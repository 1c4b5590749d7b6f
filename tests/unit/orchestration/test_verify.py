"""`tieout verify`: what it proves, what it could not check, what it finds."""

import json
from datetime import UTC, datetime
from pathlib import Path

import pytest

from core.home import Home
from ingestion.company import read_company
from ingestion.demo_company.company_folder import write_demo
from orchestration.cli import FAILED, invoke
from orchestration.erps import administer
from orchestration.run_record import last_company, record_of
from orchestration.runs import initialise, open_run
from orchestration.settings import Settings
from orchestration.workplace import Workplace
from posting import store

_NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
_ERP = "ERP documents against the sealed books"


@pytest.fixture
def company(tmp_path: Path) -> Path:
    folder = tmp_path / "company"
    write_demo(folder, scale=0)
    return folder


@pytest.fixture
def home(tmp_path: Path, company: Path, monkeypatch: pytest.MonkeyPatch) -> Home:
    for name in ("TIEOUT_HOME", "TIEOUT_COMPANY"):
        monkeypatch.delenv(name, raising=False)
    home = Home(tmp_path / "home")
    initialise(home)
    administer(read_company(company), home, _NOW)
    with store.transaction(home):
        pass
    return home


def test_an_erp_that_was_not_compared_is_not_proven(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    assert invoke(["verify", "--home", str(home.path)]) == FAILED
    said = capsys.readouterr().out
    assert f"not proven: {_ERP}" in said
    assert "--company" in said

    assert invoke(["verify", "--home", str(home.path), "--json"]) == FAILED
    facts = json.loads(capsys.readouterr().out)
    assert facts["proven"] is False
    assert _ERP in facts["not_proven"]
    assert _ERP not in facts


def test_the_company_of_the_last_run_need_not_be_named(
    home: Home, company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    work = Workplace(settings=Settings(home=home, company=company))
    open_run(work, "run-1", as_of="2026-03-10T06:00:00Z")
    work.release_home()
    assert last_company(home) == company

    assert invoke(["verify", "--home", str(home.path), "--json"]) == 0
    facts = json.loads(capsys.readouterr().out)
    assert facts["proven"] is True
    assert facts[_ERP] == []
    assert facts["not_proven"] == {}


def test_a_company_folder_that_has_gone_is_not_proven(
    home: Home, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    record_of(home, "run-1").update(company=str(tmp_path / "moved"))
    assert invoke(["verify", "--home", str(home.path)]) == FAILED
    assert f"{tmp_path / 'moved'} is not there" in capsys.readouterr().out


def test_a_destroyed_control_store_is_a_finding(
    home: Home, company: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    home.control_db.write_bytes(b"not a database any more" * 400)
    options = ["--home", str(home.path), "--company", str(company)]
    assert invoke(["verify", *options]) == FAILED
    said = capsys.readouterr()
    assert "FAIL control store" in said.out
    assert "restore it from the backup" in said.out
    assert "ok   raw files and their manifest" in said.out
    assert f"not proven: {_ERP}" in said.out
    assert "Traceback" not in said.err

    assert invoke(["verify", *options, "--json"]) == FAILED
    facts = json.loads(capsys.readouterr().out)
    assert facts["control store"]
    assert facts["proven"] is False
