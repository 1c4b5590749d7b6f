"""How long the validation of one event takes, in this process, without a run.

    .venv/bin/python -m benchmarks.validation

Belongs here: every business event of the demo's contract book and of the accounting cases, judged
as the border judges it: envelope, sender, the contract of its type and version.
Does not: usage, which is validated in bulk, or controls that need the books (whole_runs).
"""

import csv
import gzip
import json
import sys
import time
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ingestion.contracts.envelope import Envelope
from ingestion.contracts.registry import Refusal, latest_data, require_sender
from ingestion.demo_company.company_folder import write_demo
from tests.scenarios.cases import all_cases

BUDGET_MICROSECONDS = 1_000_000
_REPEATS = 20
_TAXONOMY = Path(__file__).parents[1] / "dbt_project/seeds/policy/event_taxonomy.csv"
# What people state beside adjustments; neither the demo nor a case does.
_STATED = (
    (
        "hold.placed",
        {
            "hold_id": "H-1",
            "subject_type": "contract",
            "subject_key": "C-1",
            "reason": "Asked for by legal.",
            "placed_by": "mia",
        },
    ),
    ("hold.released", {"hold_id": "H-1", "reason": "Settled.", "released_by": "otto"}),
    (
        "exception.accepted",
        {
            "exception_key": "TIE_OUT_BREAK|tie_out_taxes|tax|tax:I-1",
            "reason": "One cent.",
            "accepted_by": "mia",
        },
    ),
)

Event = Mapping[str, Any]


def main() -> int:
    """Measure each family; end with 1 when one event takes longer than the budget."""
    families = families_of_events()
    taken: dict[str, list[int]] = defaultdict(list)
    refused: dict[str, int] = defaultdict(int)
    for event in samples():
        family = families.get(event["type"], "unknown")
        times, is_refused = judged(event)
        taken[family] += times
        refused[family] += is_refused
    print(f"{'family':16}{'judged':>9}{'refused':>9}{'p50 us':>9}{'p95 us':>9}{'max us':>9}")
    for family in sorted(taken):
        times = taken[family]
        figures = "".join(f"{each:9.0f}" for each in (*quantiles(times), max(times) / 1000))
        print(f"{family:16}{len(times):9}{refused[family] * _REPEATS:9}{figures}")
    slowest = max(max(times) for times in taken.values()) / 1000
    is_within = slowest < BUDGET_MICROSECONDS
    print(f"Budget of one event: {BUDGET_MICROSECONDS} us: {'kept' if is_within else 'EXCEEDED'}.")
    return 0 if is_within else 1


def families_of_events() -> dict[str, str]:
    """Return the family of every type of business event, by the published taxonomy."""
    with _TAXONOMY.open(encoding="utf-8", newline="") as file:
        return {
            row["event_type"]: row["family"]
            for row in csv.DictReader(file)
            if row["family"] != "usage"
        }


def samples() -> Iterator[Event]:
    """Yield every business event of the demo's contract book, of the cases, and by people."""
    with TemporaryDirectory() as folder:
        write_demo(Path(folder), scale=0)
        for path in sorted(Path(folder, "landing").rglob("*.jsonl*")):
            opened = gzip.open if path.suffix == ".gz" else open
            with opened(path, "rt", encoding="utf-8") as file:
                rows = [json.loads(line, parse_float=str) for line in file if line.strip()]
            yield from (row for row in rows if "dataschema" in row)
    for case in all_cases():
        for event in case.events():
            yield {name: value for name, value in event.items() if name != "stage"}
    for number, (kind, data) in enumerate(_STATED):
        yield {
            "specversion": "1.0",
            "id": f"stated-{number}",
            "source": "operator",
            "type": kind,
            "time": "2026-02-02T09:00:00Z",
            "dataschema": f"tieout:{kind}:1",
            "data": data,
        }


def judged(event: Event) -> tuple[list[int], bool]:
    """Validate one event several times; return the nanoseconds, and whether it is refused."""
    times, is_refused = [], False
    for _ in range(_REPEATS):
        started = time.perf_counter_ns()
        try:
            envelope = Envelope.model_validate(event)
            latest_data(envelope.type, envelope.dataschema, envelope.data)
            require_sender(envelope.type, envelope.source)
        except Refusal:
            is_refused = True
        times.append(time.perf_counter_ns() - started)
    return times, is_refused


def quantiles(times: Sequence[int]) -> tuple[float, float]:
    """Return the microseconds that 50 and 95 of 100 do not exceed: values that were measured."""
    ordered = sorted(times)
    half, most = (ordered[-(-len(ordered) * share // 100) - 1] / 1000 for share in (50, 95))
    return half, most


if __name__ == "__main__":
    sys.exit(main())
