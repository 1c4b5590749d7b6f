"""Somebody at work in the embedded ledger's store, past the port and past its own rules.

Belongs here: altering, dropping and copying documents that were posted.
Does not: anything a connector or an administrator may do.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from core.home import Home
from posting.connectors.embedded import store_path


@dataclass(frozen=True)
class Intruder:
    """An open store whose unique keys no longer hold."""

    connection: sqlite3.Connection

    def alter(self, key: str, *, by_minor: int) -> None:
        """Add an amount to the first debit and the first credit of a document."""
        self.connection.execute(
            "update lines set amount_minor = amount_minor + ?, "
            "functional_amount_minor = functional_amount_minor + ? where line_number in "
            "(select min(line_number) from lines as firsts where firsts.erp_id = lines.erp_id "
            "group by side) and erp_id = (select erp_id from documents where external_key = ?)",
            [by_minor, by_minor, key],
        )

    def drop(self, key: str) -> None:
        """Remove a document with its lines."""
        self.connection.execute("delete from documents where external_key = ?", [key])

    def copy(self, key: str, *, as_key: str) -> None:
        """Post a document once more, under the same or another key."""
        names = [
            row[1]
            for row in self.connection.execute("pragma table_info(documents)")
            if row[1] not in ("erp_id", "external_key")
        ]
        columns = ", ".join(names)
        (erp_id,) = self.connection.execute(
            "select min(erp_id) from documents where external_key = ?", [key]
        ).fetchone()
        copied = self.connection.execute(
            f"insert into documents (external_key, {columns}) "
            f"select ?, {columns} from documents where erp_id = ?",
            [as_key, erp_id],
        ).lastrowid
        self.connection.execute(
            "insert into lines select ?, line_number, account_code, dimension_product, side, "
            "amount_minor, functional_amount_minor from lines where erp_id = ?",
            [copied, erp_id],
        )


@contextmanager
def erp_behind_our_back(home: Path, erp_code: str = "main") -> Iterator[Intruder]:
    """Open an embedded ledger's store for somebody who should not be there."""
    with closing(sqlite3.connect(store_path(Home(home), erp_code))) as connection:
        connection.execute("pragma foreign_keys = on")
        connection.execute("drop index if exists documents_by_key")
        with connection:
            yield Intruder(connection)
