"""What the commands about periods do once their options are read.

Belongs here: opening the workplace, printing what stands against a closing and what was decided.
Does not: options and help (cli_periods), or the closing itself (closing).
"""

from dataclasses import dataclass
from pathlib import Path

from orchestration import close_gate, closing
from orchestration.commands import print_answer, print_json
from orchestration.console import answers
from orchestration.settings import read_settings
from orchestration.workplace import Workplace

_FAILED = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """What a person says when closing: who, and which failed checks are accepted, and why."""

    by: str
    accepted: frozenset[str]
    reason: str | None


def check(
    company: Path | None, home: Path | None, period: str, entity: str | None, *, as_json: bool
) -> int:
    """Print the checklist of a period; 1 when something stands against closing it."""
    work = Workplace(settings=read_settings(company=company, home=home))
    try:
        verdicts = closing.judge(work, period, entity)
    finally:
        work.release_home()
    if as_json:
        print_json({"period": period, "legal_entities": [each.facts() for each in verdicts]})
    else:
        console = answers()
        for verdict in verdicts:
            print_answer(_standing(verdict))
            close_gate.show(verdict.checks, console)
    return _FAILED if any(each.reasons for each in verdicts) else 0


def close(
    company: Path | None,
    home: Path | None,
    period: str,
    entity: str | None,
    said: Closing,
    *,
    as_json: bool,
) -> int:
    """Close a period of one legal entity or of all; 1 when something stands against it."""
    work = Workplace(settings=read_settings(company=company, home=home))
    try:
        verdicts = closing.judge(work, period, entity, accepted=said.accepted)
        is_refused = any(verdict.reasons for verdict in verdicts)
        to_close = [] if is_refused else [each for each in verdicts if each.closed_by is None]
        notes = closing.close(work, to_close, by=said.by, reason=said.reason)
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
            print_answer(_sentence(verdict, said.by, is_refused=is_refused))
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
        return _refusal(verdict)
    if is_refused:
        return f"{period} of {entity} could be closed, and waits for the others: nothing is closed."
    too = (
        f" With it {', '.join(verdict.closes_too)}, in which nothing was ever booked."
        if verdict.closes_too
        else ""
    )
    accepted = f" Accepted: {', '.join(verdict.accepted)}." if verdict.accepted else ""
    return (
        f"{period} of {entity} is closed by {by}.{too}{accepted} What comes late for it is posted"
        " in the first open period, with its origin."
    )


def _standing(verdict: closing.PeriodVerdict) -> str:
    if verdict.closed_by is not None or verdict.reasons:
        return _sentence(verdict, "", is_refused=True)
    return f"{verdict.accounting_period} of {verdict.legal_entity_code} can be closed."


def _refusal(verdict: closing.PeriodVerdict) -> str:
    reasons = "".join(f"\n  - {reason}" for reason in verdict.reasons)
    return f"{verdict.accounting_period} of {verdict.legal_entity_code} cannot be closed:{reasons}"
