"""What sources and notifiers are told after posting: the difference of what should be and was told.

    messages/sources/billing/000000001.jsonl    messages/notifications/000000001.jsonl

A line is a message, an envelope like that of canonical events. A file is numbered without gaps,
written whole and never changed.

Belongs here: finding what has not been told yet, writing it as the next file of each receiver.
Does not: what others should be told (the mart lineage.messages), or sending it anywhere.
"""

from collections.abc import Iterable, Mapping
from contextlib import closing
from datetime import UTC, date, datetime
from pathlib import Path
from urllib.parse import quote

import duckdb

from core import files
from core.canonical import canonical_json
from core.home import Home
from core.spans import format_instant
from posting.errors import MessagesError
from posting.ledger import sql_text

NOTIFICATIONS = "notifications"
SOURCES = "sources"
_SAID_BY = "tieout"
_VERSION = 1
_FETCHED_AT_ONCE = 10_000
# Columns that stand in the envelope; all others are the message's data.
_ENVELOPE = frozenset(
    {"message_id", "receiver", "message_type", "subject", "happened_at", "correlation_id"}
)
_UNTOLD = """
    create temp table untold as
    select * from lineage.messages
    where message_id not in (select id from told)
"""
_OF_RECEIVER = """
    select * from untold where receiver is not distinct from ?
    order by happened_at, message_id
"""


def tell(home: Home, warehouse: Path) -> dict[str, int]:
    """Write what has not been told yet; telling again writes nothing.

    A run that dies in between has told some receivers and not others; the next one tells the rest.

    Returns:
        The number of new messages, by receiver's folder.

    Raises:
        MessagesError: what was told before cannot be read, or somebody else tells right now.
    """
    files.sweep_temporaries(home.messages)
    with closing(duckdb.connect(str(warehouse), read_only=True)) as connection:
        _read_told(connection, home)
        connection.execute(_UNTOLD)
        receivers = connection.execute(
            "select distinct receiver from untold order by receiver"
        ).fetchall()
        return {
            _folder(receiver): _append(
                home.messages / _folder(receiver), connection.execute(_OF_RECEIVER, [receiver])
            )
            for (receiver,) in receivers
        }


def sentence(told: Mapping[str, int]) -> str:
    """Say how many messages there were, and for whom."""
    if not told:
        return "nothing new to tell"
    notified = told.get(NOTIFICATIONS, 0)
    sources = len(told) - (NOTIFICATIONS in told)
    return (
        f"{sum(told.values()) - notified:,} messages to {sources} source{'s' * (sources != 1)},"
        f" {notified:,} notifications"
    )


def _read_told(connection: duckdb.DuckDBPyConnection, home: Home) -> None:
    """Make the ids of all messages that were ever written a table."""
    paths = sorted(home.messages.rglob("[0-9]*.jsonl"))
    connection.execute("create temp table told (id varchar not null)")
    if not paths:
        return
    names = ", ".join(sql_text(str(path)) for path in paths)
    try:
        connection.execute(
            f"insert into told select id from read_json([{names}],"
            " format = 'newline_delimited', columns = {id: 'varchar'})"
        )
    except duckdb.Error as error:
        said = str(error).splitlines()[0]
        raise MessagesError(
            f"A file in {home.messages} is no list of messages any more, so nothing was told."
            f" Restore it from the backup, then run again. {said}"
        ) from None


def _append(folder: Path, rows: duckdb.DuckDBPyConnection) -> int:
    """Write the next file of a receiver; return the number of messages in it."""
    numbers = [int(path.stem) for path in folder.glob("[0-9]*.jsonl")]
    path = folder / f"{max(numbers, default=0) + 1:09d}.jsonl"
    names = [column[0] for column in rows.description]
    count = 0

    def write(target: Path) -> None:
        nonlocal count
        with target.open("w", encoding="utf-8") as file:
            while fetched := rows.fetchmany(_FETCHED_AT_ONCE):
                count += len(fetched)
                file.writelines(_lines(dict(zip(names, row, strict=True)) for row in fetched))

    if not files.create_exclusively(path, write):
        raise MessagesError(f"Somebody else writes messages to {folder}. Run again.")
    return count


def _lines(rows: Iterable[Mapping[str, object]]) -> Iterable[str]:
    """Write messages as lines of JSON; what is unknown is left out."""
    for row in rows:
        message = {
            "specversion": "1.0",
            "id": row["message_id"],
            "source": _SAID_BY,
            "type": row["message_type"],
            "subject": row["subject"],
            "time": _plain(row["happened_at"]),
            "dataschema": f"{_SAID_BY}:{row['message_type']}:{_VERSION}",
            "data": {
                name: _plain(value)
                for name, value in row.items()
                if name not in _ENVELOPE and value is not None
            },
        }
        if row["correlation_id"] is not None:
            message["correlationid"] = row["correlation_id"]
        yield canonical_json(message) + "\n"


def _plain(value: object) -> object:
    """Write instants and days as text; the rest is text or whole numbers already."""
    if isinstance(value, datetime):
        return format_instant(value.replace(tzinfo=UTC))
    return value.isoformat() if isinstance(value, date) else value


def _folder(receiver: str | None) -> str:
    """Name the folder of a receiver, whatever signs the name of a source has."""
    if receiver is None:
        return NOTIFICATIONS
    return f"{SOURCES}/{quote(receiver, safe='').replace('.', '%2E')}"
