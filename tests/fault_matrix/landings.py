"""Files that a fault lands beside the second arrival of the sound company.

Belongs here: landing them, now or when the fault is injected.
Does not: what stands in them (sound_documents).
"""

from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import Any

from tests.company import json_lines, land, usage_csv
from tests.fault_matrix.fault import Case


def land_events(path: Path, source: str, documents: Iterable[Mapping[str, Any]]) -> None:
    """Land a file of a source beside the second arrival."""
    land(path, f"second/{source}/fault.jsonl", json_lines(documents))


def land_usage(path: Path, *rows: tuple[str, ...]) -> None:
    """Land usage beside the second arrival."""
    land(path, "second/usage/fault.csv", usage_csv(rows))


def land_corrections(path: Path, *rows: tuple[str, ...]) -> None:
    """Land usage that supersedes and cancels beside the second arrival."""
    header = "id,subject,time,meter,quantity,supersedes,cancels"
    land(path, "second/usage/corrections.csv", usage_csv(rows, header))


def says(source: str, *documents: Mapping[str, Any]) -> Callable[[Case], object]:
    """Return the injection that lands these events of a source."""
    return lambda case: land_events(case.company, source, documents)


def uses(*rows: tuple[str, ...]) -> Callable[[Case], object]:
    """Return the injection that lands these usage records."""
    return lambda case: land_usage(case.company, *rows)


def corrects(*rows: tuple[str, ...]) -> Callable[[Case], object]:
    """Return the injection that lands these corrections of usage."""
    return lambda case: land_corrections(case.company, *rows)
