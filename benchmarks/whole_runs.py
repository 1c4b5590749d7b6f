"""How long `tieout run` takes, where the time goes, how much memory it needs.

    make bench                                       the demo company and real usage
    .venv/bin/python -m benchmarks.whole_runs 10     the demo company at ten times its size

Belongs here: first and second run of the demo company and of the real usage file.
Does not: single stations; their seconds are in HOME/runs/<run>.json.
"""

import json
import os
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from tempfile import TemporaryDirectory, TemporaryFile
from typing import Any

REPOSITORY = Path(__file__).resolve().parents[1]
USAGE = REPOSITORY.parent / "shared" / "data" / "servegen" / "demo_usage_records.csv.gz"
DEFAULT_SCALES = ("0", "1")
SECOND_RUN_BUDGET_SECONDS = 45
FRAMEWORK_BUDGET_SECONDS = 20
_KINDS = ("framework", "dbt", "great_expectations", "own")
_KIBIBYTES_PER_MEBIBYTE = 1024


def main(scales: Sequence[str]) -> int:
    """Measure; end with 1 when a second run of the demo company is over its budget.

    Args:
        scales: sizes of the demo company, as `tieout demo --scale` takes them.
    """
    print(f"{os.cpu_count()} processors, Python {sys.version.split()[0]}")
    print(f"{'':32}{'whole':>8}{'frame-':>8}{'dbt':>8}{'GX':>8}{'own':>8}{'peak':>9}")
    print(f"{'':32}{'s':>8}{'work s':>8}{'s':>8}{'s':>8}{'s':>8}{'MiB':>9}")
    with TemporaryDirectory() as folder:
        scratch = Path(folder)
        budgeted = [
            _measure_company(scratch / f"demo x {scale}", ["--scale", scale])
            for scale in scales or DEFAULT_SCALES
        ]
        if scales:
            print("Real usage is measured without scales.")
        elif USAGE.exists():
            _measure_company(scratch / "servegen", ["--usage", str(USAGE)])
        else:
            print(f"{USAGE} is not here: real usage was not measured.")
    is_within = all(
        second["whole"] <= SECOND_RUN_BUDGET_SECONDS
        and second["framework"] <= FRAMEWORK_BUDGET_SECONDS
        for second in budgeted
    )
    print(
        f"Budget of a second run of the demo: {SECOND_RUN_BUDGET_SECONDS} s, of it"
        f" {FRAMEWORK_BUDGET_SECONDS} s framework: {'kept' if is_within else 'EXCEEDED'}."
    )
    return 0 if is_within else 1


def _measure_company(folder: Path, demo_options: list[str]) -> dict[str, float]:
    """Measure the first and the second run; return the second."""
    company, home = folder / "company", folder / "home"
    tieout("demo", "--out", str(company), *demo_options)
    measured: dict[str, float] = {}
    for name in ("first run", "second run"):
        started = time.perf_counter()
        said, peak = tieout("run", "--company", str(company), "--home", str(home), "--json")
        whole = time.perf_counter() - started
        runs = json.loads(said)["runs"]
        measured = shares_of(runs, whole)
        title = f"{folder.name}, {name}" + (f" ({len(runs)} arrivals)" if len(runs) > 1 else "")
        print_shares(title, measured, f"{peak:9.0f}")
        for run in runs if len(runs) > 1 else ():
            stations = sum(sum(parts.values()) for parts in run["seconds"].values())
            title = f"  {run['as_of'][:10]}, {run['landed']['landed']:,} rows"
            print_shares(title, shares_of([run], stations))
    return measured


def print_shares(title: str, shares: Mapping[str, float], peak: str = "") -> None:
    """Print one line of the table."""
    figures = "".join(f"{shares[kind]:8.1f}" for kind in ("whole", *_KINDS))
    print(f"{title:32}{figures}{peak}", flush=True)


def shares_of(runs: list[dict[str, Any]], whole: float) -> dict[str, float]:
    """Split the whole: what no station claims is the framework (imports, loading, Dagster)."""
    shares = {
        kind: sum(sum(run["seconds"].get(kind, {}).values()) for run in runs) for kind in _KINDS
    }
    claimed = sum(seconds for kind, seconds in shares.items() if kind != "framework")
    return shares | {"whole": whole, "framework": whole - claimed}


def tieout(*arguments: str) -> tuple[str, float]:
    """Run the command; return what it printed and its largest resident memory in MiB."""
    program = Path(sys.executable).with_name("tieout")
    with TemporaryFile("w+") as printed:
        process = subprocess.Popen([program, *arguments], stdout=printed)
        _, status, usage = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        if process.returncode:
            raise SystemExit(f"tieout {' '.join(arguments)} failed; see above.")
        printed.seek(0)
        return printed.read(), usage.ru_maxrss / _KIBIBYTES_PER_MEBIBYTE


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
