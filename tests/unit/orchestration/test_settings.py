"""Settings: one reader of the environment."""

from pathlib import Path

import pytest

from orchestration.settings import SettingsError, home_of_company, read_settings


def test_the_command_line_wins_over_the_environment(tmp_path: Path) -> None:
    environment = {"TIEOUT_HOME": "/elsewhere", "TIEOUT_COMPANY": "/nowhere"}
    settings = read_settings(company=tmp_path, home=tmp_path / "h", environment=environment)
    assert settings.company == tmp_path
    assert settings.home.path == tmp_path / "h"


def test_the_environment_names_home_and_company() -> None:
    settings = read_settings(environment={"TIEOUT_HOME": "/state", "TIEOUT_COMPANY": "/acme"})
    assert settings.home.path == Path("/state")
    assert settings.company == Path("/acme")


@pytest.mark.parametrize(
    ("company", "home"),
    [
        ("books/acme", "var/acme"),
        ("var/demo/company", "var/demo"),
        ("var/mine", "var/mine-home"),
    ],
)
def test_each_company_folder_has_its_own_home(company: str, home: str) -> None:
    assert home_of_company(Path(company)) == Path(home)


def test_the_only_home_is_found_without_being_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "var" / "acme" / "ledger").mkdir(parents=True)
    assert read_settings(environment={}).home.path == tmp_path / "var" / "acme"


def test_two_homes_are_not_guessed_between(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("acme", "demo"):
        (tmp_path / "var" / name / "ledger").mkdir(parents=True)
    with pytest.raises(SettingsError, match="var/acme, var/demo"):
        read_settings(environment={})


def test_a_switch_that_is_neither_on_nor_off_is_refused() -> None:
    with pytest.raises(SettingsError, match="TIEOUT_STOCK_DBT=maybe"):
        read_settings(environment={"TIEOUT_HOME": "/h", "TIEOUT_STOCK_DBT": "maybe"})


def test_a_missing_company_folder_is_said_when_it_is_needed() -> None:
    with pytest.raises(SettingsError, match="--company"):
        read_settings(environment={"TIEOUT_HOME": "/h"}).company_folder()
