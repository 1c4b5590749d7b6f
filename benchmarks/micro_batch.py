"""What a micro-batch of usage takes beside much history, everything included.

    .venv/bin/python -m benchmarks.micro_batch history.parquet batch.parquet [--scratch FOLDER]

Both files are made with `../shared/tools/expand_usage.py`. The history lands first and is run; then
the batch lands, and what is measured is one whole `tieout run`: start of the program,
orchestration, ingestion, every model and check, posting, publishing and the close pack.

Belongs here: the wall time of a batch and its split. Does not: the volume of usage (usage_volume).
"""

import argparse
import json
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from benchmarks.whole_runs import print_shares, shares_of, tieout
from ingestion.demo_company.usage_company import write_usage_company

BUDGET_SECONDS = 60


def main() -> int:
    """Measure; end with 1 when the batch is over its budget."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("history", type=Path)
    parser.add_argument("batch", type=Path)
    parser.add_argument("--scratch", type=Path, help="folder for the store (default: temporary)")
    arguments = parser.parse_args()
    print(f"{'':32}{'whole':>8}{'frame-':>8}{'dbt':>8}{'GX':>8}{'own':>8}{'peak':>9}")
    print(f"{'':32}{'s':>8}{'work s':>8}{'s':>8}{'s':>8}{'s':>8}{'MiB':>9}")
    with TemporaryDirectory(dir=arguments.scratch) as folder:
        company, home = Path(folder) / "company", Path(folder) / "home"
        write_usage_company(arguments.history.resolve(), company)
        _run("history", company, home)
        batch = arguments.batch.resolve()
        [landing] = (company / "landing").glob("*/usage")
        (landing / batch.name).symlink_to(batch)
        whole = _run("batch", company, home)
        repeated = _run("nothing new", company, home)
    print(f"Of the batch, {whole - repeated:.1f} s more than a run with nothing new.")
    is_within = whole <= BUDGET_SECONDS
    print(f"Budget of the batch: {BUDGET_SECONDS} s: {'kept' if is_within else 'EXCEEDED'}.")
    return 0 if is_within else 1


def _run(title: str, company: Path, home: Path) -> float:
    started = time.perf_counter()
    said, peak = tieout("run", "--company", str(company), "--home", str(home), "--json")
    whole = time.perf_counter() - started
    runs = json.loads(said)["runs"]
    landed = sum(run["landed"]["landed"] for run in runs)
    print_shares(f"{title}, {landed:,} rows", shares_of(runs, whole), f"{peak:9.0f}")
    slowest = sorted(
        ((seconds, name) for run in runs for part in run["seconds"].values()
         for name, seconds in part.items()),
        reverse=True,
    )  # fmt: skip
    print("  " + ", ".join(f"{name} {seconds:.1f}" for seconds, name in slowest[:8]), flush=True)
    return whole


if __name__ == "__main__":
    sys.exit(main())
