"""Settings of one installation, read once.

Belongs here: the only reader of the environment; defaults; which folder is whose home.
Does not: settings of a company (its company.yaml) or of the dbt models (there are none).
"""

import os
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from core.errors import TieoutError
from core.home import Home

REPOSITORY = Path(__file__).resolve().parents[1]
_DBT_CACHE = REPOSITORY / "dbt_project" / "target"
_STATE = Path("var")
_ON = frozenset({"1", "on", "true", "yes"})
_OFF = frozenset({"", "0", "off", "false", "no"})


class SettingsError(TieoutError):
    """The environment or the command line names something that is not there."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settings:
    """Where things are and which way dbt is run.

    Attributes:
        home: state of the company, `TIEOUT_HOME`.
        company: the company folder, `TIEOUT_COMPANY`; None when only the state is looked at.
        dbt_project: the dbt project.
        dbt_cache: parsed dbt projects by content, `TIEOUT_DBT_CACHE`; shared by all homes.
        stock_dbt: run dbt as dagster-dbt does by default, `TIEOUT_STOCK_DBT`: slower, and free of
            everything semi-private.
        automation: schedules and sensors start switched on, `TIEOUT_AUTOMATION`.
    """

    home: Home
    company: Path | None = None
    dbt_project: Path = REPOSITORY / "dbt_project"
    dbt_cache: Path = _DBT_CACHE
    stock_dbt: bool = False
    automation: bool = False

    def company_folder(self) -> Path:
        """Return the company folder.

        Raises:
            SettingsError: none was named.
        """
        if self.company is None:
            raise SettingsError(
                "No company folder was named. Use --company DIR or set TIEOUT_COMPANY."
            )
        return self.company


def read_settings(
    *,
    company: Path | None = None,
    home: Path | None = None,
    environment: Mapping[str, str] | None = None,
) -> Settings:
    """Read the environment; what the command line names wins.

    Raises:
        SettingsError: a switch is neither on nor off, or several homes could be meant.
    """
    environ = os.environ if environment is None else environment
    company = company or _path(environ, "TIEOUT_COMPANY")
    home = home or _path(environ, "TIEOUT_HOME") or _default_home(company)
    return Settings(
        home=Home(home.resolve()),
        company=company.resolve() if company else None,
        dbt_cache=(_path(environ, "TIEOUT_DBT_CACHE") or _DBT_CACHE).resolve(),
        stock_dbt=_switch(environ, "TIEOUT_STOCK_DBT"),
        automation=_switch(environ, "TIEOUT_AUTOMATION"),
    )


def home_of_company(company: Path) -> Path:
    """Return the home of a company folder: `var/<its name>`.

    A folder called `company` says nothing, so it takes its parent's name. A folder that lies where
    its home would be gets a home beside it: nothing of ours goes into what the adopter writes.
    """
    folder = company.resolve()
    home = _STATE / (folder.parent.name if folder.name == "company" else folder.name)
    return home.with_name(f"{home.name}-home") if home.resolve() == folder else home


def _default_home(company: Path | None) -> Path:
    if company is not None:
        return home_of_company(company)
    homes = sorted(path.parent for path in _STATE.glob("*/ledger"))
    if len(homes) > 1:
        names = ", ".join(str(path) for path in homes)
        raise SettingsError(
            f"Several homes could be meant: {names}. Name one with --home DIR, --company DIR"
            " or TIEOUT_HOME."
        )
    return homes[0] if homes else _STATE


def _path(environ: Mapping[str, str], name: str) -> Path | None:
    return Path(environ[name]) if environ.get(name) else None


def _switch(environ: Mapping[str, str], name: str) -> bool:
    value = environ.get(name, "").strip().lower()
    if value in _ON | _OFF:
        return value in _ON
    raise SettingsError(f"{name}={value} is neither on nor off. Write 1 or 0.")
