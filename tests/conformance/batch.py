"""All cases of one kind answered at once: rows in, the query of the kind, values out.

Belongs here: compiling the queries with the macros of the product, loading, executing.
Does not: what the cases of a kind look like (the module of the kind).
"""

import json
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb

from tests.warehouse import run_dbt

HERE = Path(__file__).parent
_NEXT_QUERY = "\n-- the next query\n"

Rows = Mapping[str, Sequence[Mapping[str, Any]]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of an answer, as a whole count of 10^-18; none when it is not known."""

    case_id: str
    key: str
    position: int | None
    subposition: int | None
    name: str | None
    scaled: int | None


def compiled(names: Sequence[str]) -> dict[str, str]:
    """Return queries as dbt compiles them against the product's project, by name."""
    sources = [(HERE / "queries" / f"{name}.sql").read_text() for name in names]
    with TemporaryDirectory() as folder:
        inline = _NEXT_QUERY.join(sources)
        target = ["--target-path", folder]
        result = run_dbt(["compile", "--inline", inline, *target], Path(folder) / "empty.duckdb")
    if not result.success:
        raise RuntimeError(f"dbt cannot compile the queries: {result.exception or result.result}")
    texts = result.result.results[0].node.compiled_code.split(_NEXT_QUERY)
    return dict(zip(names, texts, strict=True))


def answered(query: str, batches: Iterable[Rows]) -> Iterator[Value]:
    """Load the rows of all cases and return every value that the query makes of them."""
    connection = duckdb.connect()
    connection.execute("set TimeZone = 'UTC'")
    connection.execute((HERE / "tables.sql").read_text())
    _load(connection, batches)
    for row in connection.execute(query).fetchall():
        case_id, key, position, subposition, name, scaled = row
        yield Value(
            case_id=case_id,
            key=key,
            position=position,
            subposition=subposition,
            name=name,
            scaled=scaled,
        )


def _load(connection: duckdb.DuckDBPyConnection, batches: Iterable[Rows]) -> None:
    tables: dict[str, list[Mapping[str, Any]]] = defaultdict(list)
    for batch in batches:
        for table, rows in batch.items():
            tables[table].extend(rows)
    with TemporaryDirectory() as folder:
        for table, rows in tables.items():
            path = Path(folder) / f"{table}.jsonl"
            path.write_text("".join(json.dumps(row) + "\n" for row in rows))
            types = {
                name: kind
                for name, kind, *_ in connection.execute(f"describe cases.{table}").fetchall()
            }
            columns = ", ".join(f"'{name}': '{kind}'" for name, kind in types.items())
            connection.execute(
                f"insert into cases.{table} select * from read_json("
                f"'{path}', columns = {{{columns}}}, format = 'newline_delimited')"
            )
