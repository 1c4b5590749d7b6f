"""Options that most commands share.

Belongs here: what --company, --home and --json mean.
Does not: the commands (cli, cli_periods).
"""

from collections.abc import Callable
from pathlib import Path
from typing import Any

import click

Command = Callable[..., Any]


def company_option(command: Command) -> Command:
    """Add --company."""
    return click.option(
        "--company",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        help="The company folder. Default: TIEOUT_COMPANY.",
    )(command)


def home_option(command: Command) -> Command:
    """Add --home."""
    return click.option(
        "--home",
        type=click.Path(file_okay=False, path_type=Path),
        help="The folder of the company's state. Default: TIEOUT_HOME, else var/<company>.",
    )(command)


def json_option(command: Command) -> Command:
    """Add --json."""
    return click.option("--json", "as_json", is_flag=True, help="Print JSON on standard output.")(
        command
    )
