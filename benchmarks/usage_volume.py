"""How long usage takes from the landed file to rated charges, as a ratio to a hand-written floor.

    .venv/bin/python -m benchmarks.usage_volume usage.parquet
    .venv/bin/python -m benchmarks.usage_volume usage.parquet --memory 8GB
    .venv/bin/python -m benchmarks.usage_volume usage.parquet --then batch.parquet
    .venv/bin/python -m benchmarks.usage_volume usage.parquet --corrections 1000 --meter max

The file is made with `../shared/tools/expand_usage.py`, the floor is `usage_floor.py` beside it.
Our side is the ingest of the file and every model that `usage.usage_charges` is made of, with the
40 ms that dbt spends on each; loading Python, Dagster and dbt is left out. `--then` lands a second
file in the same store and measures what a micro-batch takes beside so much history;
`--corrections` makes that file: as many events, drawn from all, are superseded or cancelled.
`--meter` declares the file's meters with an aggregation, instead of adding quantities up.

Belongs here: volume of usage. Does not: whole runs (whole_runs).
"""

import argparse
import csv
import json
import os
import re
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from core.home import Home
from ingestion.company import read_company
from ingestion.demo_company.usage_company import write_usage_company
from ingestion.landing import ingest
from ingestion.meter_tables import AGGREGATIONS
from ingestion.reference_tables import TABLES
from orchestration.dbt_in_process import DbtInProcess, Outcome
from orchestration.dbt_project_cache import DbtProjectCache
from orchestration.settings import Settings
from orchestration.warehouse import WarehouseWorld, lay_out, open_warehouse

_FLOOR = Path(__file__).resolve().parents[2] / "shared" / "tools" / "usage_floor.py"
_NOW = datetime(2026, 12, 1, tzinfo=UTC)
_KIBIBYTES_PER_GIBIBYTE = 1 << 20


def main() -> None:
    """Measure the floor and ourselves, each in a process of its own, and print both."""
    arguments = _parser().parse_args()
    if arguments.child:
        _measure_child(*map(Path, arguments.child), memory=arguments.memory)
        return
    limit = ["--memory", arguments.memory] if arguments.memory else []
    floor = _floor(arguments.file, limit)
    with TemporaryDirectory(dir=arguments.scratch) as folder:
        company, home = Path(folder) / "company", Path(folder) / "home"
        write_usage_company(arguments.file.resolve(), company)
        if arguments.meter:
            _declare_meters(company / "reference", arguments.meter)
        ours = _ours("whole file", company, home, limit)
        if floor:
            print(f"ratio to the floor {ours / floor:.2f}")
        [landing] = (company / "landing").glob("*/usage")
        if arguments.then:
            batch = arguments.then.resolve()
            (landing / batch.name).symlink_to(batch)
            _ours("then the batch", company, home, limit)
        if arguments.corrections:
            corrections = landing / "corrections.parquet"
            _write_corrections(arguments.file.resolve(), arguments.corrections, corrections)
            _ours("then corrections", company, home, limit)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("file", type=Path, nargs="?")
    parser.add_argument("--memory", help="DuckDB's limit for both sides, such as 8GB")
    parser.add_argument("--then", type=Path, help="a second file for the same store")
    parser.add_argument("--corrections", type=int, help="how many events are corrected then")
    parser.add_argument("--meter", choices=AGGREGATIONS, help="what meters make of their events")
    parser.add_argument("--scratch", type=Path, help="folder for the stores (default: temporary)")
    parser.add_argument("--child", nargs=2, help=argparse.SUPPRESS)
    return parser


def _declare_meters(reference: Path, aggregation: str) -> None:
    with (reference / "prices.csv").open(encoding="utf-8", newline="") as file:
        meters = sorted({row["meter_code"] for row in csv.DictReader(file)})
    table = TABLES["meters"]
    rows = [{"meter_code": meter, "aggregation": aggregation} for meter in meters]
    with (reference / "meters.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, table.column_names, restval="", lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def _write_corrections(usage: Path, count: int, target: Path) -> None:
    """Write corrections of events that are drawn from all: every other one is a cancellation."""
    rows = f"read_parquet('{usage}')"
    duckdb.execute(
        f"""
        copy (
            with drawn as (
                select source, id, min(subject) as subject, min(time) as time, min(meter) as meter,
                    min(quantity) as quantity, row_number() over (order by hash(id), id) as number
                from {rows}
                where hash(id) % greatest((select count(*) from {rows}) // {2 * count}, 1) = 0
                group by source, id
                order by number
                limit {count}
            )
            select
                source, 'fix-' || id as id, subject, time, meter, quantity + 2 as quantity,
                case when number % 2 = 0 then id end as supersedes,
                case when number % 2 = 1 then id end as cancels
            from drawn
        ) to '{target}' (format parquet)
        """
    )


def _floor(file: Path, limit: list[str]) -> float | None:
    if not _FLOOR.exists():
        print(f"{_FLOOR} is not here: no ratio.")
        return None
    done = subprocess.run(
        [sys.executable, str(_FLOOR), str(file), *limit],
        check=False,
        capture_output=True,
        text=True,
    )
    if done.returncode:
        print(f"floor: failed. {done.stderr.strip().splitlines()[-1]}", flush=True)
        return None
    print(f"floor: {done.stdout.strip()}", flush=True)
    found = re.search(r"total ([\d.]+)s", done.stdout)
    return float(found[1]) if found else None


def _ours(title: str, company: Path, home: Path, limit: list[str]) -> float:
    command = [sys.executable, "-m", "benchmarks.usage_volume", *limit]
    done = subprocess.run(
        [*command, "--child", str(company), str(home)], check=True, stdout=subprocess.PIPE
    )
    measured = json.loads(done.stdout)
    print(
        f"{title}: {measured['accepted']:,} events; ingest {measured['ingest']:.2f}s; usage models"
        f" {measured['usage']:.2f}s; other models {measured['others']:.2f}s; total"
        f" {measured['total']:.2f}s, peak {measured['peak']:.2f} GiB;"
        f" {measured['charges']} charges, quantity {measured['quantity']:,}",
        flush=True,
    )
    return float(measured["total"])


def _measure_child(company: Path, folder: Path, *, memory: str | None) -> None:
    if memory:
        duckdb.connect = _limited(duckdb.connect, memory)
    home = Home(folder)
    started = time.perf_counter()
    result = ingest(read_company(company), home, _NOW)
    ingested = time.perf_counter() - started
    nodes = _build(home, result.manifest_number)
    usage = sum(seconds for name, seconds in nodes.items() if "usage" in name)
    with open_warehouse(home.warehouse, read_only=True) as connection:
        [(charges, quantity)] = connection.execute(
            "select count(*), sum(quantity)::bigint from usage.usage_charges"
        ).fetchall()
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTES_PER_GIBIBYTE
    total = ingested + sum(nodes.values())
    seconds = {"ingest": ingested, "usage": usage, "others": total - ingested - usage}
    facts = {"accepted": result.accepted, "charges": charges, "quantity": quantity, "peak": peak}
    print(json.dumps(seconds | {"total": total} | facts))


def _build(home: Home, head: int) -> dict[str, float]:
    """Build what charges are made of; return the seconds of each model."""
    lay_out(
        home.warehouse,
        home,
        WarehouseWorld(
            as_of=_NOW,
            raw_head=head,
            events_head=head,
            ledger_head=0,
            code_version="benchmark",
            reference_version="benchmark",
            policy_version="benchmark",
            run_id="benchmark",
        ),
    )
    settings = Settings(home=home)
    cache = DbtProjectCache(project=settings.dbt_project, cache=settings.dbt_cache)
    dbt = DbtInProcess(project=cache.project, parsed=lambda: cache.parsed, target=home.path / "dbt")
    outcome = Outcome()
    for _ in dbt.build(
        ["+usage_charges", "+held_usage"], home.warehouse, outcome, with_tests=False
    ):
        pass
    outcome.raise_if_failed()
    return {node.unique_id.rpartition(".")[2]: node.seconds for node in outcome.nodes}


def _limited(connect: Callable[..., Any], memory: str) -> Callable[..., Any]:
    def connect_limited(*arguments: Any, **options: Any) -> Any:  # noqa: ANN401  # as DuckDB's own
        connection = connect(*arguments, **options)
        connection.execute(f"set memory_limit = '{memory}'")
        return connection

    return connect_limited


if __name__ == "__main__":
    os.environ.setdefault("DBT_SEND_ANONYMOUS_USAGE_STATS", "false")
    main()
