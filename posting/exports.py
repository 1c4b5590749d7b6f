"""Facts of the control store and of the ERPs as Parquet, for the warehouse to read.

Belongs here: writing the files under `exports/` whole, and the views over them.
Does not: comparing what was exported with the books (the reconciliation marts do).
"""

import duckdb
import pyarrow as pa

from core import files
from core.home import Home
from posting import export_schema, ledger


def initialise(home: Home) -> None:
    """Create every exported table typed and empty, unless it exists."""
    for table in export_schema.TABLES:
        path = home.exports / f"{table}.parquet"
        if not path.exists():
            empty = export_schema.table_schema(table).empty_table()
            files.create_exclusively(
                path, lambda target, rows=empty: ledger.write_table(rows, target)
            )


def register_views(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Show the exported tables in the schema `exports` of a warehouse."""
    initialise(home)
    connection.execute("create schema if not exists exports")
    for table in export_schema.TABLES:
        path = ledger.sql_text(str(home.exports / f"{table}.parquet"))
        connection.execute(
            f"create or replace view exports.{table} as select * from read_parquet({path})"
        )


def write(home: Home, table: str, rows: list[dict[str, object]]) -> None:
    """Replace one exported table; readers see the old file or the new one."""
    contents = pa.Table.from_pylist(rows, schema=export_schema.table_schema(table))
    files.write_atomically(
        home.exports / f"{table}.parquet", lambda path: ledger.write_table(contents, path)
    )
