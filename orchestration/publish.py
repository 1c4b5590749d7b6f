"""Marts for readers: Parquet per mart, and one read-only DuckDB file behind a pointer.

    marts/revenue -> .areas/revenue-<edition>/        marts/revenue/contract_balances.parquet
    marts/marts.duckdb -> marts-<edition>.duckdb

Belongs here: writing an edition beside the one in use, swapping the pointer, keeping the last few.
Does not: what a mart says, or when it is whole (defs.publish).
"""

import os
import shutil
from collections.abc import Sequence
from pathlib import Path

import duckdb

from core.errors import TieoutError

POINTER = "marts.duckdb"
_EDITIONS = ".areas"
_KEPT = 3
_READ_ONLY = 0o444


class NothingPublishedError(TieoutError):
    """Somebody asks for marts before the first run has published any."""


def publish_area(
    connection: duckdb.DuckDBPyConnection,
    marts: Path,
    area: str,
    tables: Sequence[str],
    edition: str,
) -> dict[str, int]:
    """Write the marts of one area as Parquet and put them in place together.

    A reader of `marts/<area>/` sees all files of one edition or all of another, and one that has a
    file open keeps reading it.

    Returns:
        The number of rows of each mart.
    """
    folder = marts / _EDITIONS / f"{area}-{edition}"
    scratch = folder.with_name(f".{folder.name}.{os.getpid()}")
    shutil.rmtree(scratch, ignore_errors=True)
    scratch.mkdir(parents=True)
    counts = {}
    for table in sorted(tables):
        path = scratch / f"{table}.parquet"
        connection.execute(f'copy (from "{area}"."{table}") to {_text(path)} (compression zstd)')
        counts[table] = _count(connection, path)
    shutil.rmtree(folder, ignore_errors=True)
    scratch.rename(folder)
    _point(marts / area, folder)
    _sweep([*folder.parent.glob(f"{area}-*")])
    return counts


def publish_file(marts: Path, edition: str) -> Path:
    """Write every area's published marts into one DuckDB file and point `marts.duckdb` at it.

    Each edition has its own name, because a reader may hold the last one, and because DuckDB keeps
    one instance per path inside a process.
    """
    path = marts / f"marts-{edition}.duckdb"
    scratch = path.with_name(f".{path.name}.{os.getpid()}")
    scratch.unlink(missing_ok=True)
    with duckdb.connect(str(scratch)) as connection:
        for area in published_areas(marts):
            connection.execute(f'create schema "{area}"')
            for file in sorted((marts / area).glob("*.parquet")):
                connection.execute(
                    f'create table "{area}"."{file.stem}" as from read_parquet({_text(file)})'
                )
    scratch.chmod(_READ_ONLY)
    os.replace(scratch, path)  # noqa: PTH105  # one patchable place per durable step
    _point(marts / POINTER, path)
    _sweep([*marts.glob("marts-*.duckdb")])
    return path


def published_areas(marts: Path) -> list[str]:
    """Return the areas that have been published."""
    return sorted(path.name for path in marts.iterdir() if path.is_symlink() and path.is_dir())


def open_marts(marts: Path) -> duckdb.DuckDBPyConnection:
    """Open the edition in use, read-only.

    Raises:
        NothingPublishedError: there is none yet.
    """
    pointer = marts / POINTER
    if not pointer.exists():
        raise NothingPublishedError(
            f"Nothing has been published in {marts} yet. Run `tieout run --company DIR` first."
        )
    return duckdb.connect(str(pointer.resolve()), read_only=True)


def _point(pointer: Path, target: Path) -> None:
    """Let a symbolic link name another target, in one step."""
    scratch = pointer.with_name(f".{pointer.name}.{os.getpid()}.link")
    scratch.unlink(missing_ok=True)
    scratch.symlink_to(target.relative_to(pointer.parent))
    os.replace(scratch, pointer)  # noqa: PTH105  # a rename replaces the old link atomically


def _sweep(editions: list[Path]) -> None:
    """Keep the last few editions: somebody may still open files of the one before."""
    for old in sorted(editions, key=lambda path: path.stat().st_mtime_ns, reverse=True)[_KEPT:]:
        if old.is_dir():
            shutil.rmtree(old)
        else:
            old.unlink()


def _count(connection: duckdb.DuckDBPyConnection, path: Path) -> int:
    row = connection.execute(f"select count(*) from read_parquet({_text(path)})").fetchone()
    return int(row[0]) if row else 0


def _text(path: Path) -> str:
    return "'" + str(path).replace("'", "''") + "'"
