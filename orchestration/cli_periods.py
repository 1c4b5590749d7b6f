"""The commands about periods: closing and reopening.

Belongs here: their options and help.
Does not: what they do (period_commands), exit codes and errors (cli).
"""

# ruff: noqa: PLR0917  # click hands options over by name
# ruff: noqa: D301  # click reads the escape \b in a docstring as: keep these line breaks

from pathlib import Path

import click

from orchestration.cli_options import company_option, home_option, json_option

_ENTITY_HELP = "Only this legal entity."


@click.command()
@click.argument("period")
@click.option("--legal-entity", "entity", metavar="CODE", help=_ENTITY_HELP + " Default: all.")
@click.option("--by", help="Who closes; it stays in the audit log.")
@click.option(
    "--accept",
    "accepted",
    metavar="CHECK",
    multiple=True,
    help="Close although this check of the gate fails, where it may be accepted.",
)
@click.option("--reason", help="Why it is accepted; it stays in the audit log.")
@click.option("--check", "only_check", is_flag=True, help="Print the checklist, close nothing.")
@company_option
@home_option
@json_option
def close(
    period: str,
    entity: str | None,
    by: str | None,
    accepted: tuple[str, ...],
    reason: str | None,
    only_check: bool,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Close a period, such as 2026-02, when nothing of it is left to do.

    Refused, with every reason, while anything of it is unsealed, unapproved or undelivered, while
    the books do not reach its end, while an earlier period is open, or while a blocking check of
    the close gate fails. Of several legal entities all close or none.

    \b
    Examples:
      tieout close 2026-02 --company acme --check
      tieout close 2026-02 --company acme --by maria
      tieout close 2026-02 --company acme --legal-entity ACME-DE --by maria
      tieout close 2026-02 --company acme --by maria --accept quarantine_empty --reason "Test rows"
    """
    from orchestration import period_commands  # noqa: PLC0415  # keeps `tieout --help` quick

    if only_check:
        return period_commands.check(company, home, period, entity, as_json=as_json)
    if not by:
        raise click.UsageError("Say who closes it, with --by NAME.")
    if accepted and not (reason or "").strip():
        raise click.UsageError("Say why the check is accepted, with --reason TEXT.")
    decision = period_commands.Closing(by=by, accepted=frozenset(accepted), reason=reason)
    return period_commands.close(company, home, period, entity, decision, as_json=as_json)


@click.command()
@click.argument("period")
@click.option("--legal-entity", "entity", metavar="CODE", required=True, help=_ENTITY_HELP)
@click.option("--by", required=True, help="Who opens it; not who closed it.")
@click.option("--reason", required=True, help="Why; it stays in the audit log.")
@company_option
@home_option
@json_option
def reopen(
    period: str,
    entity: str,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    as_json: bool,
) -> int:
    """Open a period again that was closed with `tieout close`; the last one closed goes first.

    \b
    Example:
      tieout reopen 2026-02 --company acme --legal-entity ACME-DE --by otto --reason "Late credit"
    """
    from orchestration import period_commands  # noqa: PLC0415

    return period_commands.reopen(
        company, home, period, entity, by=by, reason=reason, as_json=as_json
    )
