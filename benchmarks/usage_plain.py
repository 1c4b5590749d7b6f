"""The same usage work as one would write it in plain pandas or plain Polars, for comparison.

    .venv/bin/python -m benchmarks.usage_plain usage.parquet pandas
    .venv/bin/python -m benchmarks.usage_plain usage.parquet polars      (pip install polars)

Identities split into accepted, duplicate and conflict, accepted events written by day, an index of
identities, the contract version of each event, sums per month, a graduated price. Nothing more:
no quarantine with reasons, no manifest, no second delivery in another file, no restart.

Belongs here: what somebody would use instead. Does not: our own work (usage_volume).
"""

import resource
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from types import ModuleType
from typing import Any

_BODY = ["subject", "meter", "time", "quantity"]
_CHANGE = "2026-11-01"
_KIBIBYTES_PER_GIBIBYTE = 1 << 20


def main(file: str, library: str) -> None:
    """Do the work once with one library; print seconds, memory and checksums."""
    work = {"pandas": _with_pandas, "polars": _with_polars}[library]
    module = __import__(library)
    with TemporaryDirectory() as folder:
        started = time.perf_counter()
        conflicts, quantity, amount = work(module, file, Path(folder))
        seconds = time.perf_counter() - started
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KIBIBYTES_PER_GIBIBYTE
    print(
        f"{library} {module.__version__}: {seconds:.2f}s, peak {peak:.2f} GiB; conflicts"
        f" {conflicts:,}, quantity {quantity:,}, amount {amount:,}"
    )


def _with_pandas(pd: ModuleType, file: str, folder: Path) -> tuple[int, int, int]:
    events = pd.read_parquet(file).sort_values("received_at", kind="stable")
    distinct = events.drop_duplicates(["source", "id", *_BODY])
    accepted = distinct.drop_duplicates(["source", "id"])
    conflicts = len(distinct) - len(accepted)
    accepted = accepted.assign(day=accepted["time"].dt.date.astype(str))
    for day, rows in accepted.groupby("day"):
        rows.to_parquet(folder / f"{day}.parquet", index=False)
    accepted[["source", "id", "day"]].sort_values(["source", "id"]).to_parquet(folder / "index")
    versions = _versions(pd, accepted["subject"].unique())
    matched = pd.merge_asof(
        accepted.sort_values("time"), versions, left_on="time", right_on="valid_from", by="subject"
    )
    matched["month"] = matched["time"].dt.to_period("M")
    monthly = matched.groupby(["subject", "version", "meter", "month"])["quantity"].sum()
    amount = (
        monthly.clip(upper=10_000) * 10
        + (monthly.clip(upper=100_000) - 10_000).clip(lower=0) * 8
        + (monthly - 100_000).clip(lower=0) * 5
    )
    return conflicts, int(monthly.sum()), int(amount.sum())


def _versions(pd: ModuleType, subjects: Any) -> Any:  # noqa: ANN401  # frames of a library
    first = pd.DataFrame({"subject": subjects, "version": 1, "valid_from": "2000-01-01"})
    second = first.assign(version=2, valid_from=_CHANGE)
    versions = pd.concat([first, second])
    versions["valid_from"] = pd.to_datetime(versions["valid_from"]).astype("datetime64[us]")
    return versions.sort_values("valid_from")


def _with_polars(pl: ModuleType, file: str, folder: Path) -> tuple[int, int, int]:
    events = pl.read_parquet(file).sort("received_at")
    distinct = events.unique(["source", "id", *_BODY], keep="first", maintain_order=True)
    accepted = distinct.unique(["source", "id"], keep="first", maintain_order=True)
    conflicts = distinct.height - accepted.height
    accepted = accepted.with_columns(pl.col("time").dt.date().alias("day"))
    for (day,), rows in accepted.partition_by("day", as_dict=True).items():
        rows.write_parquet(folder / f"{day}.parquet")
    accepted.select("source", "id", "day").sort("source", "id").write_parquet(folder / "index")
    matched = accepted.with_columns(
        (pl.col("time") >= pl.lit(_CHANGE).str.to_datetime()).cast(pl.Int8).alias("version"),
        pl.col("time").dt.truncate("1mo").alias("month"),
    )
    monthly = matched.group_by("subject", "version", "meter", "month").agg(pl.sum("quantity"))
    used = pl.col("quantity")
    priced = monthly.with_columns(
        amount=pl.min_horizontal(used, 10_000) * 10
        + (pl.min_horizontal(used, 100_000) - 10_000).clip(lower_bound=0) * 8
        + (used - 100_000).clip(lower_bound=0) * 5
    )
    return conflicts, int(priced["quantity"].sum()), int(priced["amount"].sum())


if __name__ == "__main__":
    main(*sys.argv[1:3])
