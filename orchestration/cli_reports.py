"""The commands that write files for people: exports, the close pack, the models' documentation.

Belongs here: their options and help.
Does not: what they do (report_commands), exit codes and errors (cli).
"""

# ruff: noqa: PLR0917  # click hands options over by name
# ruff: noqa: D301  # click reads the escape \b in a docstring as: keep these line breaks

from pathlib import Path

import click

from orchestration.cli_options import company_option, home_option, json_option


@click.command()
@click.argument("mart", required=False)
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="The file. Default: AREA.MART.FORMAT in this folder.",
)
@click.option(
    "--format", "kind", type=click.Choice(["csv", "xlsx"]), help="Default: that of --out, else csv."
)
@click.option(
    "--all",
    "folder",
    metavar="DIR",
    type=click.Path(file_okay=False, path_type=Path),
    help="Write every mart into this folder.",
)
@click.option("--list", "only_list", is_flag=True, help="Name the marts, write nothing.")
@company_option
@home_option
@json_option
def export(
    mart: str | None,
    out: Path | None,
    kind: str | None,
    folder: Path | None,
    only_list: bool,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Write a published mart as CSV or as an Excel workbook.

    Money is written twice: in minor units as an integer, and in major units with the currency's
    decimals.

    \b
    Examples:
      tieout export revenue.contract_balances
      tieout export trial_balance --out trial_balance.xlsx
      tieout export --all var/exports --format xlsx
      tieout export --list
    """
    from orchestration import report_commands  # noqa: PLC0415  # keeps `tieout --help` quick

    if sum((mart is not None, folder is not None, only_list)) != 1:
        raise click.UsageError("Name one mart, or use --all DIR or --list.")
    if only_list:
        return report_commands.list_marts(company, home, as_json=as_json)
    if folder is not None:
        if out is not None:
            raise click.UsageError("--all names a folder; --out goes with one mart.")
        return report_commands.export_all(company, home, folder, kind or "csv", as_json=as_json)
    kind = kind or ("xlsx" if out is not None and out.suffix.lower() == ".xlsx" else "csv")
    return report_commands.export(company, home, str(mart), out, kind, as_json=as_json)


@click.command()
@company_option
@home_option
@json_option
def pack(company: Path | None, home: Path | None, as_json: bool) -> int:
    """Write the close pack of the published marts: static pages in HOME/site.

    Every run writes it; this writes it again, byte for byte the same for the same marts.

    \b
    Example:
      tieout pack --home var/demo
    """
    from orchestration import report_commands  # noqa: PLC0415

    return report_commands.pack(company, home, as_json=as_json)


@click.command()
@company_option
@home_option
@json_option
def docs(company: Path | None, home: Path | None, as_json: bool) -> int:
    """Write the documentation of all models and columns: one page in HOME/site/dbt_docs.

    \b
    Example:
      tieout docs --home var/demo
    """
    from orchestration import report_commands  # noqa: PLC0415

    return report_commands.docs(company, home, as_json=as_json)
