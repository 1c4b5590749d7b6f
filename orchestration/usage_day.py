"""One UTC day of usage, proven: from the registered raw files to where each event ended.

Belongs here: counting the day anew from its files, and comparing with what the models made of it.
Does not: rebuilding it; every run rates all usage (decisions 0009, 0013).
"""

import json
from dataclasses import dataclass
from datetime import date

import duckdb

from core.canonical import file_sha256
from core.home import Home

_FILES = "select manifest_number, files from raw.manifest order by manifest_number"
_COUNTED = """
    select count(*), coalesce(sum(quantity), 0)::decimal(28, 6)
    from read_parquet($paths, hive_partitioning = false)
"""
_CORRECTED = """
    select count(*), coalesce(sum(quantity), 0)::decimal(28, 6)
    from raw.corrected_usage
    where usage_day = $day
"""
_MATCHED = """
    select coalesce(sum(event_count), 0)::bigint, coalesce(sum(quantity), 0)::decimal(28, 6)
    from intermediate.int_usage_matched
    where usage_day = $day
"""
_ENDED = """
    select disposition, reason_code, sum(event_count)::bigint as event_count
    from reconciliation.event_dispositions
    where event_type = 'usage.recorded' and usage_day = $day
    group by disposition, reason_code
    order by disposition, reason_code
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class UsageDay:
    """What a day's raw files hold, and what the models made of it.

    Attributes:
        file_count: registered files of the day.
        event_count: events in them, counted anew.
        quantity: their quantities, summed anew.
        corrected_count: events of them that count no more.
        matched_count: events the models matched or hold.
        matched_quantity: their quantities.
        outcomes: (disposition, reason, events), as the marts say.
        problems: what does not agree, in sentences.
    """

    file_count: int
    event_count: int
    quantity: str
    corrected_count: int
    matched_count: int
    matched_quantity: str
    outcomes: tuple[tuple[str, str, int], ...]
    problems: tuple[str, ...]


def prove(connection: duckdb.DuckDBPyConnection, home: Home, day: date) -> UsageDay:
    """Count a day anew from its raw files, and compare it with the marts."""
    problems, paths = [], []
    for name, registered in _files_of(connection, day):
        path = home.path / name
        if not path.exists():
            problems.append(f"{name} is missing. Restore it from the backup.")
            continue
        if file_sha256(path) != registered:
            problems.append(f"{name} is not the file that was registered. Restore it.")
        paths.append(str(path))
    counted = connection.execute(_COUNTED, {"paths": paths}).fetchall()[0] if paths else (0, 0)
    corrected = connection.execute(_CORRECTED, {"day": day}).fetchall()[0]
    counting = (counted[0] - corrected[0], counted[1] - corrected[1])
    matched = connection.execute(_MATCHED, {"day": day}).fetchall()[0]
    outcomes = tuple(connection.execute(_ENDED, {"day": day}).fetchall())
    ended = sum(count for _, _, count in outcomes)
    if counting != matched:
        less = f", less {corrected[0]:,} of {corrected[1]} that count no more" * bool(corrected[0])
        problems.append(
            f"The raw files of {day} hold {counted[0]:,} events of quantity {counted[1]}{less}, the"
            f" models saw {matched[0]:,} of {matched[1]}: run, then prove the day again."
        )
    if ended != counted[0]:
        problems.append(
            f"The raw files of {day} hold {counted[0]:,} events, and {ended:,} have an outcome."
        )
    return UsageDay(
        file_count=len(paths),
        event_count=counted[0],
        quantity=str(counted[1]),
        corrected_count=corrected[0],
        matched_count=matched[0],
        matched_quantity=str(matched[1]),
        outcomes=outcomes,
        problems=tuple(problems),
    )


def _files_of(connection: duckdb.DuckDBPyConnection, day: date) -> list[tuple[str, str]]:
    folder = f"/usage_day={day}/"
    return [
        (file["path"], file["sha256"])
        for _, files in connection.execute(_FILES).fetchall()
        for file in json.loads(files or "[]")
        if folder in file["path"]
    ]
