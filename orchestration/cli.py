"""The `tieout` command.

Belongs here: commands, their options and help, exit codes.
Does not: what a command does (play, summary, status, trace, verify), how it is scheduled, or the
commands about periods (cli_periods), the quarantine (cli_quarantine) and files (cli_reports).

Exit codes: 0 fine, also with exceptions open; 1 failed or not proven; 2 wrong usage or a company
folder with mistakes.
"""

# ruff: noqa: PLR0917  # click hands options over by name
# ruff: noqa: D301  # click reads the escape \b in a docstring as: keep these line breaks

import sys
from pathlib import Path

import click

from core.errors import TieoutError
from orchestration import cli_periods, cli_quarantine, cli_reports, commands, refusals
from orchestration.cli_options import company_option, home_option, json_option
from orchestration.settings import SettingsError

FAILED = 1
WRONG_USAGE = 2


def main() -> None:
    """Run the command line; a TieoutError ends it with its sentence, never with a stack trace."""
    sys.exit(invoke(sys.argv[1:]))


def invoke(arguments: list[str]) -> int:
    """Run one command and return its exit code; what the machine refuses is said too."""
    try:
        return _answer(arguments)
    except OSError as error:
        sentence = refusals.of_the_system(error)
    except refusals.database_error() as error:  # asked for only when nothing else fitted
        sentence = refusals.of_the_store(error)
    click.echo(sentence, err=True)
    return FAILED


def _answer(arguments: list[str]) -> int:
    from core.spans import InstantError  # noqa: PLC0415  # keeps `tieout --help` quick
    from ingestion.mistakes import CompanyError  # noqa: PLC0415
    from orchestration.instants import FutureError  # noqa: PLC0415

    try:
        result = tieout.main(args=arguments, prog_name="tieout", standalone_mode=False)
    except click.exceptions.Exit as stop:
        return stop.exit_code
    except click.ClickException as error:
        error.show()
        return WRONG_USAGE
    except click.Abort:
        click.echo("Stopped. What was sealed stays sealed; run again to go on.", err=True)
        return FAILED
    except (SettingsError, CompanyError, InstantError, FutureError) as error:
        click.echo(str(error), err=True)
        return WRONG_USAGE
    except TieoutError as error:
        click.echo(str(error), err=True)
        return FAILED
    return result if isinstance(result, int) else 0


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(package_name="tieout")
def tieout() -> None:
    """From raw usage and subscription events to ERP journals, posted exactly once.

    \b
    Example:
      tieout demo --out var/demo/company
      tieout run --company var/demo/company
    """


@tieout.command()
@company_option
@home_option
@click.option("--as-of", metavar="TIMESTAMP", help="Books of this instant. Default: now.")
@json_option
def run(company: Path | None, home: Path | None, as_of: str | None, as_json: bool) -> int:
    """Land, ingest, build, check, seal, post, read back, reconcile and publish.

    A second run with nothing new posts nothing and says so. An instant older than what is sealed
    builds a scratch warehouse and posts nothing. A demonstration plays its arrivals one by one.

    \b
    Examples:
      tieout run --company var/demo/company
      tieout run --company acme --as-of 2026-03-01T06:00:00Z --json
    """
    return commands.run(company, home, as_of, as_json=as_json)


@tieout.command()
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path))
@click.option(
    "--usage",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Cover the customers of this usage file (CSV, JSONL or Parquet; gzip too).",
)
@click.option(
    "--scale",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="How many times 290 customers and a million usage records; 0: forty contracts alone.",
)
@json_option
def demo(out: Path, usage: Path | None, scale: int, as_json: bool) -> int:
    """Write a company folder to try things with: the demo company, or one around your usage.

    \b
    Examples:
      tieout demo --out var/demo/company
      tieout demo --scale 0 --out var/small/company
      tieout demo --usage usage.csv.gz --out var/servegen/company
    """
    return commands.demo(out, usage, scale, as_json=as_json)


@tieout.command()
@company_option
@home_option
@json_option
def status(company: Path | None, home: Path | None, as_json: bool) -> int:
    """Tell what is sealed, where each document stands, what ties out and what is open.

    \b
    Example:
      tieout status --home var/demo
    """
    return commands.status(company, home, as_json=as_json)


@tieout.command()
@company_option
@home_option
@click.option("--code", help="Only exceptions of this code.")
@click.option("--owner", help="Only exceptions of this owner.")
@json_option
def exceptions(
    company: Path | None, home: Path | None, code: str | None, owner: str | None, as_json: bool
) -> int:
    """List what is held or does not agree, with the amount, the owner and the next step.

    \b
    Example:
      tieout exceptions --code GL_MAPPING_MISSING
    """
    return commands.exceptions(company, home, code, owner, as_json=as_json)


@tieout.command()
@click.argument("identifier", metavar="ID")
@company_option
@home_option
@click.option("--all", "everything", is_flag=True, help="Print every branch of long fans.")
@json_option
def trace(
    identifier: str, company: Path | None, home: Path | None, everything: bool, as_json: bool
) -> int:
    """Follow an ID both ways: what it came from, and what it became.

    ID is an event (also a usage event), customer, contract, invoice, credit, payment, usage charge,
    subledger line, journal line (DOCUMENT:LINE), document key or ERP document (its number).

    \b
    Examples:
      tieout trace CT-1005
      tieout trace RSLK3J5Q2X7M4NPA --all
      tieout trace NW-US-2026-000066 --json
    """
    return commands.trace(identifier, company, home, everything=everything, as_json=as_json)


@tieout.command()
@click.argument("identifier", metavar="ID")
@company_option
@home_option
@click.option("--all", "everything", is_flag=True, help="Print every figure of long lists.")
@json_option
def explain(
    identifier: str, company: Path | None, home: Path | None, everything: bool, as_json: bool
) -> int:
    """Tell how an amount comes about: what was stated, the rule, the arithmetic line by line.

    ID is anything `tieout trace` takes; or an obligation (VERSION:LINE), a line of its revenue
    schedule (VERSION:LINE:PERIOD), or a contract at the end of a period (CONTRACT:PERIOD). Every
    line is worked out again; ends with 1 when one does not come to what the books say.

    \b
    Examples:
      tieout explain CT-1002:2026-02
      tieout explain CT-1010-v1:CT-1010-1
      tieout explain INV-1001-01 --json
    """
    return commands.explain(identifier, company, home, everything=everything, as_json=as_json)


@tieout.command()
@company_option
@home_option
@json_option
def verify(company: Path | None, home: Path | None, as_json: bool) -> int:
    """Prove that nothing was changed: raw files, ledger, outbox, audit log, and what the ERP holds.

    Ends with 1 when anything is not as it was sealed, or when a part could not be checked. The
    ERP is the one of the home's last run, unless --company names another folder.

    \b
    Example:
      tieout verify --home var/demo
    """
    return commands.verify(company, home, as_json=as_json)


@tieout.command()
@company_option
@home_option
@json_option
def approvals(company: Path | None, home: Path | None, as_json: bool) -> int:
    """List what waits for a person: documents above a limit, and changes of rules.

    \b
    Example:
      tieout approvals --home var/demo
    """
    return commands.approvals(company, home, as_json=as_json)


@tieout.command()
@click.argument("subject", metavar="DOCUMENT_OR_SUBJECT")
@click.option("--by", required=True, help="Who approves; not who prepared it.")
@click.option("--reason", required=True, help="Why; it stays in the audit log.")
@company_option
@home_option
@json_option
def approve(
    subject: str,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Approve a document, or the change of a contract; the next run posts it.

    \b
    Examples:
      tieout approve RSLK3J5Q2X7M4NPA --by maria --reason "Annual invoice, checked against order"
      tieout approve C-104 --by maria --reason "New mapping agreed with audit"
    """
    return commands.approve(subject, by, reason, company, home, as_json=as_json)


@tieout.command()
@click.argument("document_key")
@click.option("--by", required=True, help="Who decides.")
@click.option("--reason", required=True, help="Why; it stays in the ledger.")
@company_option
@home_option
@json_option
def void(
    document_key: str,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Take back a rejected document that is proven absent from the ERP.

    Its lines count as never sent, and come back with the next run as the next revision.

    \b
    Example:
      tieout void RSLK3J5Q2X7M4NPA --by maria --reason "Account was retired"
    """
    return commands.void(document_key, by, reason, company, home, as_json=as_json)


@tieout.command()
@company_option
@home_option
@click.option("--port", default=3000, show_default=True)
def ui(company: Path | None, home: Path | None, port: int) -> int:
    """Start the Dagster UI with the same assets, schedules and sensors. Stop it with Ctrl-C.

    \b
    Example:
      tieout ui --company var/demo/company
    """
    return commands.ui(company, home, port)


tieout.add_command(cli_periods.close)
tieout.add_command(cli_periods.reopen)
tieout.add_command(cli_quarantine.quarantine)
tieout.add_command(cli_quarantine.replay)
tieout.add_command(cli_reports.export)
tieout.add_command(cli_reports.pack)
tieout.add_command(cli_reports.docs)

if __name__ == "__main__":
    main()
