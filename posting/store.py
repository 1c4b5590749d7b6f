"""The control store: a transactional database beside the books, SQLite unless set otherwise.

Belongs here: opening it, bringing its schema up to date, transactions.
Does not: what its tables mean (each module of posting owns its own).
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from functools import lru_cache
from typing import Any

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection, Engine, create_engine, event, inspect, text
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import NullPool

from core.files import exclusive_lock
from core.home import Home
from core.spans import naive_utc

SCHEMA_REVISION = "0003"
_SOUND = "ok"
_BUSY_MILLISECONDS = 60_000


@contextmanager
def transaction(home: Home) -> Iterator[Connection]:
    """Run a block in one transaction: all of it is kept, or nothing.

    Transactions write one after the other; keep calls to the outside out of them.
    """
    engine = _engine(home.control_store_url)
    _migrate_if_needed(home, engine)
    with engine.begin() as connection:
        yield connection


@contextmanager
def reading(home: Home) -> Iterator[Connection]:
    """Run a block that only reads, over one consistent state; nobody waits for it."""
    engine = _engine(home.control_store_url)
    _migrate_if_needed(home, engine)
    with engine.connect() as connection:
        yield connection.execution_options(is_reading=True)


def verify(home: Home) -> list[str]:
    """Return why the store cannot be read, in sentences; nothing means that it can."""
    try:
        with reading(home) as connection:
            if connection.dialect.name != "sqlite":
                return []
            found = connection.exec_driver_sql("pragma quick_check").scalars().all()
            damage = "; ".join(said for said in found if said != _SOUND)
    except DatabaseError as error:
        damage = str(error.orig)
    return [damage_sentence(damage)] if damage else []


def damage_sentence(what: str) -> str:
    """Say that the store does not answer as it should, and what to do."""
    return (
        f"The control store (control.db) cannot be read or written: {what}. Check that its disk is"
        " there and has space. When the file is destroyed, restore it from the backup; what was"
        " delivered since is looked up in the ERP, approvals given since must be given again."
    )


def instant(value: datetime) -> datetime:
    """Return an instant as the control store keeps it: UTC without an offset."""
    return naive_utc(value)


@lru_cache(maxsize=8)
def _engine(url: str) -> Engine:
    """Return the one engine of a store: it keeps compiled statements, but no connection."""
    engine = create_engine(url, poolclass=NullPool)
    if engine.dialect.name == "sqlite":
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin)
    return engine


def _configure_sqlite(connection: Any, _record: Any) -> None:  # noqa: ANN401  # a driver's objects
    """Let SQLAlchemy decide when a transaction begins, and make commits survive a power cut."""
    connection.isolation_level = None
    cursor = connection.cursor()
    cursor.execute(f"pragma busy_timeout = {_BUSY_MILLISECONDS}")
    cursor.execute("pragma journal_mode = wal")
    cursor.execute("pragma synchronous = full")
    cursor.close()


def _begin(connection: Connection) -> None:
    """Take the write lock first: a read that turns into a write could not be repeated."""
    is_reading = connection.get_execution_options().get("is_reading", False)
    connection.exec_driver_sql("begin" if is_reading else "begin immediate")


def _migrate_if_needed(home: Home, engine: Engine) -> None:
    if _revision(home, engine) == SCHEMA_REVISION:
        return
    with exclusive_lock(home.path / ".control.lock"):
        if _revision(home, engine) != SCHEMA_REVISION:
            config = Config()
            config.set_main_option("script_location", "posting:migrations")
            with engine.begin() as connection:
                config.attributes["connection"] = connection
                command.upgrade(config, "head")


def _revision(home: Home, engine: Engine) -> str | None:
    if home.control_url is None and not home.control_db.exists():
        return None
    with engine.connect() as plain:
        connection = plain.execution_options(is_reading=True)
        if not inspect(connection).has_table("alembic_version"):
            return None
        return connection.execute(text("select version_num from alembic_version")).scalar()
