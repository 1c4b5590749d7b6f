"""What the embedded ledger shows of itself: chart, periods, documents, movements.

Belongs here: reading its tables into facts of the port.
Does not: changing anything (embedded_store), or the port itself (embedded).
"""

import sqlite3
from datetime import date

from posting.connectors.connector import (
    ErpBalance,
    ErpDocumentLine,
    MasterAccount,
    MasterData,
    MasterPeriod,
)


def master(connection: sqlite3.Connection, entity: str) -> MasterData:
    """Return the company's chart and periods."""
    currency = connection.execute(
        "select functional_currency from entities where entity = ?", [entity]
    ).fetchone()["functional_currency"]
    accounts = connection.execute(
        "select * from accounts where entity = ? order by account_code", [entity]
    ).fetchall()
    periods = connection.execute(
        "select * from periods where entity = ? order by start_date", [entity]
    ).fetchall()
    return MasterData(
        entity=entity,
        functional_currency=currency,
        accounts=tuple(
            MasterAccount(account_code=row["account_code"], is_active=bool(row["is_active"]))
            for row in accounts
        ),
        periods=tuple(
            MasterPeriod(
                accounting_period=row["accounting_period"],
                start_date=date.fromisoformat(row["start_date"]),
                end_date=date.fromisoformat(row["end_date"]),
                is_open=bool(row["is_open"]),
            )
            for row in periods
        ),
    )


def document_lines(connection: sqlite3.Connection, entity: str) -> list[ErpDocumentLine]:
    """Return every line of every document of a company."""
    rows = connection.execute(
        "select documents.erp_id, number, external_key, posting_date, accounting_period, "
        "state, line_number, account_code, dimension_product, side, currency, "
        "amount_minor, functional_amount_minor from documents join lines using (erp_id) "
        "where entity = ? order by documents.erp_id, line_number",
        [entity],
    ).fetchall()
    return [
        ErpDocumentLine(
            erp_document_id=str(row["erp_id"]),
            erp_number=row["number"],
            document_key=row["external_key"],
            posting_date=date.fromisoformat(row["posting_date"]),
            **{name: row[name] for name in tuple(row.keys())[4:]},
        )
        for row in rows
    ]


def balances(connection: sqlite3.Connection, entity: str) -> list[ErpBalance]:
    """Return the movements of posted documents per account, period and currency."""
    rows = connection.execute(
        "select account_code, accounting_period, currency, "
        "sum(case side when 'debit' then amount_minor else 0 end) as debit_minor, "
        "sum(case side when 'credit' then amount_minor else 0 end) as credit_minor, "
        "sum(case side when 'debit' then functional_amount_minor else 0 end) "
        "as functional_debit_minor, "
        "sum(case side when 'credit' then functional_amount_minor else 0 end) "
        "as functional_credit_minor "
        "from documents join lines using (erp_id) "
        "where entity = ? and state = 'posted' group by 1, 2, 3 order by 1, 2, 3",
        [entity],
    ).fetchall()
    return [ErpBalance(**dict(row)) for row in rows]
