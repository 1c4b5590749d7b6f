"""Facts of the control store and of the ERPs as Parquet, for the warehouse to read.

Belongs here: writing the files under `exports/` whole, and the views over them.
Does not: comparing what was exported with the books (the reconciliation marts do).
"""

from collections.abc import Mapping
from dataclasses import asdict

import duckdb
import pyarrow as pa

from core import files
from core.home import Home
from posting import changes, export_schema, ledger, observations, outbox, periods
from posting.connectors.connector import Connector


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


def export_master(home: Home, connectors: Mapping[str, Connector]) -> None:
    """Export what the books depend on: the ERPs' accounts and periods, changes, the outbox."""
    accounts, open_or_closed = [], []
    closed = periods.closed(home)
    for erp_code, entity, connector in _places(connectors):
        master = connector.read_master(entity)
        place = {"erp_code": erp_code, "legal_entity_code": entity}
        accounts += [{**place, **asdict(account)} for account in master.accounts]
        open_or_closed += [
            {
                **place,
                "accounting_period": period.accounting_period,
                "start_date": period.start_date,
                "end_date": period.end_date,
                "state": "open"
                if period.is_open and (erp_code, entity, period.accounting_period) not in closed
                else "closed",
            }
            for period in master.periods
        ]
    write(home, "erp_accounts", accounts)
    write(home, "erp_periods", open_or_closed)
    export_control(home)
    export_observations(home)


def export_control(home: Home) -> None:
    """Export the outbox, the changes that wait or were approved, and decisions about periods."""
    for table, facts in (
        ("outbox_documents", outbox.documents(home)),
        ("changes", changes.recorded(home)),
        ("period_decisions", periods.decisions(home)),
    ):
        names = export_schema.TABLES[table]
        write(home, table, [{name: getattr(fact, name) for name in names} for fact in facts])


def export_observations(home: Home) -> None:
    """Export which exceptions the runs saw come and go."""
    for table in observations.TABLES:
        write(home, table.name, observations.recorded(home, table))


def read_back(home: Home, connectors: Mapping[str, Connector]) -> None:
    """Export what the ERPs hold: every document line and every account's movements."""
    documents, balances = [], []
    for erp_code, entity, connector in _places(connectors):
        place = {"erp_code": erp_code, "legal_entity_code": entity}
        documents += [{**place, **asdict(line)} for line in connector.fetch_documents(entity)]
        balances += [{**place, **asdict(each)} for each in connector.fetch_balances(entity)]
    write(home, "erp_documents", documents)
    write(home, "erp_balances", balances)


def _places(connectors: Mapping[str, Connector]) -> list[tuple[str, str, Connector]]:
    return [
        (erp_code, entity, connector)
        for erp_code, connector in sorted(connectors.items())
        for entity in connector.legal_entities()
    ]
