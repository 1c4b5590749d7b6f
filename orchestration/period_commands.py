"""What the commands about periods do once their options are read.

Belongs here: opening the workplace, printing what stands against a closing and what was decided.
Does not: options and help (cli_periods), or the closing itself (closing).
"""

from pathlib import Path

from orchestration import closing
from orchestration.commands import print_answer, print_json
from orchestration.settings import read_settings
from orchestration.workplace import Workplace

_FAILED = 1


def close(
    company: Path | None,
    home: Path | None,
    period: str,
    entity: str | None,
    *,
    by: str,
    as_json: bool,
) -> int:
    """Close a period of one legal entity or of all; 1 when something stands against it."""
    work = Workplace(settings=read_settings(company=company, home=home))
    try:
        verdicts = closing.judge(work, period, entity)
        is_refused = any(verdict.reasons for verdict in verdicts)
        to_close = [] if is_refused else [each for each in verdicts if each.closed_by is None]
        notes = closing.close(work, to_close, by=by)
    finally:
        work.release_home()
    if as_json:
        print_json(
            {
                "period": period,
                "closed": [each.legal_entity_code for each in to_close],
                "legal_entities": [each.facts() for each in verdicts],
                "notes": notes,
            }
        )
    else:
        for verdict in verdicts:
            print_answer(_sentence(verdict, by, is_refused=is_refused))
        for note in notes:
            print_answer(note)
    return _FAILED if is_refused else 0


def reopen(
    company: Path | None,
    home: Path | None,
    period: str,
    entity: str,
    *,
    by: str,
    reason: str,
    as_json: bool,
) -> int:
    """Open a period of a legal entity again."""
    work = Workplace(settings=read_settings(company=company, home=home))
    try:
        notes = closing.reopen(work, period, entity, by=by, reason=reason)
    finally:
        work.release_home()
    if as_json:
        print_json({"period": period, "legal_entity": entity, "reopened_by": by, "notes": notes})
    else:
        print_answer(
            f"{period} of {entity} is open again. The next run posts what belongs into it there."
        )
        for note in notes:
            print_answer(note)
    return 0


def _sentence(verdict: closing.PeriodVerdict, by: str, *, is_refused: bool) -> str:
    period, entity = verdict.accounting_period, verdict.legal_entity_code
    if verdict.closed_by is not None:
        before = verdict.closed_by
        return (
            f"{period} of {entity} is closed already, by {before.decided_by} at"
            f" {before.decided_at:%Y-%m-%d %H:%M} UTC."
        )
    if verdict.reasons:
        reasons = "".join(f"\n  - {reason}" for reason in verdict.reasons)
        return f"{period} of {entity} cannot be closed:{reasons}"
    if is_refused:
        return f"{period} of {entity} could be closed, and waits for the others: nothing is closed."
    too = (
        f" With it {', '.join(verdict.closes_too)}, in which nothing was ever booked."
        if verdict.closes_too
        else ""
    )
    return (
        f"{period} of {entity} is closed by {by}.{too} What comes late for it is posted in the"
        " first open period, with its origin."
    )
