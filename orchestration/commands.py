"""What each command does once its options are read.

Belongs here: opening the workplace, calling the part that does it, printing tables or JSON.
Does not: options and help (cli), or the work itself.
"""

import json
import os
import sys
import time
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

from rich.console import Console
from rich.table import Table

from core.spans import format_instant, parse_instant
from orchestration import run_record
from orchestration.console import ConsoleProgress, answers
from orchestration.settings import REPOSITORY, Settings, read_settings
from orchestration.workplace import Workplace

_FAILED = 1


def run(company: Path | None, home: Path | None, as_of: str | None, *, as_json: bool) -> int:
    """Run the main job, once per instant; print the summary."""
    from orchestration import instants, play, scratch, summary  # noqa: PLC0415

    started = time.perf_counter()
    progress = ConsoleProgress(_narrator())
    work = Workplace(settings=read_settings(company=company, home=home), progress=progress)
    asked = parse_instant(as_of) if as_of else None
    clock = work.clock()
    _narrator().print(f"{work.company.name}: home {work.home.path}", highlight=False)
    try:
        sealed = instants.last_sealed(work.home)
        if asked is not None and sealed is not None and asked < sealed:
            answer = scratch.build_past(work, asked, sealed)
            if as_json:
                print_json(answer.facts())
            else:
                answer.show(answers())
            return 0
        played = []
        for instant in instants.instants_to_run(work.company, work.home, clock, asked):
            _narrator().print(f"Run for {format_instant(instant)}", highlight=False)
            now = instant if work.company.is_demo else clock
            played.append(play.play(work, instant, now=now))
    finally:
        progress.close()
        work.release_home()
    facts = summary.summarise(work.settings, played, time.perf_counter() - started)
    if as_json:
        print_json(facts)
    else:
        summary.show(facts, answers())
    return 0


def demo(out: Path, usage: Path | None, scale: int, *, as_json: bool) -> int:
    """Write a company folder."""
    from ingestion.demo_company import company_folder, usage_company  # noqa: PLC0415

    if usage is None:
        company_folder.write_demo(out, scale)
    else:
        usage_company.write_usage_company(usage, out)
    sentence = f"Wrote {out}. Next: tieout run --company {out}"
    _print({"company": str(out)}, sentence, as_json=as_json)
    return 0


def status(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Print where everything stands."""
    from orchestration import status as state  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    facts = state.read_status(settings.home)
    if as_json:
        print_json(facts)
    else:
        state.show(facts, answers())
    return 0


def exceptions(
    company: Path | None,
    home: Path | None,
    code: str | None,
    owner: str | None,
    *,
    as_json: bool,
) -> int:
    """Print open exceptions."""
    from orchestration import status as state  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    rows = state.read_exceptions(settings.home, code=code, owner=owner)
    if as_json:
        print_json(rows)
    elif not rows:
        wanted = f" of {' and '.join(filter(None, (code, owner)))}" if code or owner else ""
        print(f"No open exceptions{wanted}.")  # noqa: T201
    else:
        for row in rows:
            amount = row["amount"] or "amount unknown"
            facts = f"{amount}  ({row['owner']}; {row['age']})"
            print(f"{row['code']}  {row['subject']}  {facts}")  # noqa: T201
            print(f"    {row['sentence']}\n    Next: {row['next_step']}")  # noqa: T201
    return 0


def trace(
    identifier: str,
    company: Path | None,
    home: Path | None,
    *,
    everything: bool,
    as_json: bool,
) -> int:
    """Print where an ID came from and what it became."""
    from orchestration import trace as tracing  # noqa: PLC0415
    from orchestration import trace_tree  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    found = tracing.trace(settings.home, identifier)
    if as_json:
        print_json(found.facts())
    else:
        trace_tree.show(found, everything=everything)
    return 0


def explain(
    identifier: str,
    company: Path | None,
    home: Path | None,
    *,
    everything: bool,
    as_json: bool,
) -> int:
    """Print how an amount comes about; 1 when the arithmetic does not come to what is stored."""
    from orchestration.explain import explain as find_explanations  # noqa: PLC0415
    from orchestration.explain import text  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    explanations = find_explanations(settings.home, identifier)
    if as_json:
        print_json([text.facts_of(each) for each in explanations])
    else:
        for each in explanations:
            for line in text.lines_of(each, everything=everything):
                print(line)  # noqa: T201
    return 0 if all(each.is_proven for each in explanations) else _FAILED


def verify(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Print what is not as it was written; 1 when there is anything, or when a part is not proven.

    Without a company the one of the home's last run is taken.
    """
    from orchestration import verify as verification  # noqa: PLC0415

    work = Workplace(settings=settings_of_last_run(company, home))
    checks = verification.verify(work)
    is_proven = all(check.is_proven for check in checks)
    if as_json:
        print_json(
            {"proven": is_proven}
            | {check.name: check.problems for check in checks if check.not_proven is None}
            | {"not_proven": {each.name: each.not_proven for each in checks if each.not_proven}}
        )
    else:
        for check in checks:
            verdict = "not proven:" if check.not_proven else "FAIL" if check.problems else "ok  "
            print(f"{verdict} {check.name}")  # noqa: T201
            for sentence in filter(None, [*check.problems, check.not_proven]):
                print(f"     {sentence}")  # noqa: T201
    return 0 if is_proven else _FAILED


def approvals(company: Path | None, home: Path | None, *, as_json: bool) -> int:
    """Print what waits for a person."""
    from orchestration import decisions  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    rows = decisions.waiting(settings.home)
    if as_json:
        print_json(rows)
    elif not rows:
        print("Nothing waits for approval.")  # noqa: T201
    else:
        _print_rows(rows, ("kind", "subject", "amount", "prepared_by", "sentence"))
    return 0


def approve(
    subject: str,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    *,
    as_json: bool,
) -> int:
    """Approve a document or a change."""
    from orchestration import decisions  # noqa: PLC0415

    work = Workplace(settings=read_settings(company=company, home=home))
    sentence = decisions.approve(work.home, subject, by=by, reason=reason, now=work.clock())
    _print({"subject": subject, "approved_by": by}, sentence, as_json=as_json)
    return 0


def void(
    document_key: str,
    by: str,
    reason: str,
    company: Path | None,
    home: Path | None,
    *,
    as_json: bool,
) -> int:
    """Void a rejected document."""
    from orchestration import decisions  # noqa: PLC0415

    work = Workplace(settings=settings_of_last_run(company, home))
    sentence = decisions.void(work, document_key, by=by, reason=reason)
    _print({"document_key": document_key, "voided_by": by}, sentence, as_json=as_json)
    return 0


def ui(company: Path | None, home: Path | None, port: int) -> int:
    """Become `dagster dev` for this company and home."""
    from orchestration import play  # noqa: PLC0415

    settings = read_settings(company=company, home=home)
    folder = play.write_instance_settings(settings.home)
    dagster = Path(sys.executable).with_name("dagster")
    environment = {
        **os.environ,
        "DAGSTER_HOME": str(folder),
        "TIEOUT_HOME": str(settings.home.path),
        "TIEOUT_COMPANY": str(settings.company_folder()),
        "PATH": f"{dagster.parent}{os.pathsep}{os.environ.get('PATH', '')}",
    }
    arguments = ["dev", "--workspace", str(REPOSITORY / "workspace.yaml"), "--port", str(port)]
    _narrator().print(f"Dagster UI: http://127.0.0.1:{port}  home {settings.home.path}")
    os.execve(dagster, [str(dagster), *arguments], environment)  # noqa: S606  # becomes dagster


def settings_of_last_run(company: Path | None, home: Path | None) -> Settings:
    """Read the settings; a company that nobody names is the one of the home's last run."""
    settings = read_settings(company=company, home=home)
    return replace(settings, company=settings.company or run_record.last_company(settings.home))


def _narrator() -> Console:
    """Return the console for what is said along the way: standard error."""
    return Console(stderr=True, soft_wrap=True)


def _print(facts: dict[str, Any], sentence: str, *, as_json: bool) -> None:
    if as_json:
        print_json(facts)
    else:
        print_answer(sentence)


def print_answer(sentence: str) -> None:
    """Print a sentence on standard output."""
    print(sentence)  # noqa: T201


def print_json(facts: Any) -> None:  # noqa: ANN401  # any JSON value
    """Print JSON on standard output."""
    print(json.dumps(facts, indent=1, default=str))  # noqa: T201


def _print_rows(rows: Sequence[dict[str, Any]], columns: Sequence[str]) -> None:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        table.add_column(column.replace("_", " "), overflow="fold")
    for row in rows:
        table.add_row(*(str(row[column] if row[column] is not None else "") for column in columns))
    Console(highlight=False).print(table)
