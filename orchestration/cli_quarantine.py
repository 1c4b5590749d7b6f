"""The commands about rows that were not accepted: listing them, and reading them again.

Belongs here: their options and help.
Does not: what they do (quarantine_commands), exit codes and errors (cli).
"""

# ruff: noqa: PLR0917  # click hands options over by name
# ruff: noqa: D301  # click reads the escape \b in a docstring as: keep these line breaks

from pathlib import Path

import click

from orchestration.cli_options import company_option, home_option, json_option


@click.command()
@click.option("--code", help="Only this reason, such as PAYLOAD_INCOMPLETE.")
@click.option("--source", help="Only rows of this source.")
@click.option(
    "--out",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write them as JSON lines: correct `raw_text` there and hand the file to `tieout replay`.",
)
@company_option
@home_option
@json_option
def quarantine(
    code: str | None,
    source: str | None,
    out: Path | None,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """List the rows that were not accepted and not replayed since, each with its key.

    \b
    Examples:
      tieout quarantine --company acme
      tieout quarantine --company acme --code PAYLOAD_INCOMPLETE --out rows.jsonl
    """
    from orchestration import quarantine_commands  # noqa: PLC0415  # keeps `tieout --help` quick

    return quarantine_commands.show(company, home, code, source, out, as_json=as_json)


@click.command()
@click.argument("keys", nargs=-1)
@click.option("--code", help="All open rows with this reason.")
@click.option(
    "--from",
    "corrected",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="Rows as `tieout quarantine --out` wrote them, with corrected `raw_text`.",
)
@click.option("--by", required=True, help="Who decides; it stays in the audit log.")
@click.option("--reason", required=True, help="Why; it stays in the audit log.")
@company_option
@home_option
@json_option
def replay(
    keys: tuple[str, ...],
    code: str | None,
    corrected: Path | None,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Read rows of the quarantine again, as they came or as you corrected them.

    What was accepted meanwhile counts once; what is refused again is in the quarantine again. The
    next run books what was accepted.

    \b
    Examples:
      tieout replay 3f2a90c1d7e4 --company acme --by olga --reason "Currency was added"
      tieout replay --code UNKNOWN_EVENT_TYPE --company acme --by olga --reason "Release 0.2"
      tieout replay --from rows.jsonl --company acme --by olga --reason "Corrected with billing"
    """
    from orchestration import quarantine_commands  # noqa: PLC0415

    asked = quarantine_commands.Asked(keys=keys, code=code, corrected=corrected)
    return quarantine_commands.replay(company, home, asked, by=by, reason=reason, as_json=as_json)
