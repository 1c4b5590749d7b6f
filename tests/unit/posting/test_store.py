"""The control store: its schema is what the code says, wherever it lies."""

from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import create_engine, insert, select, text
from sqlalchemy.exc import IntegrityError

from core.home import Home
from posting import outbox, periods, store, tables
from tests.posting_books import NOW, entry, open_books


def test_migrations_make_exactly_the_tables_of_the_code(tmp_path: Path):
    with store.transaction(Home(tmp_path)) as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, tables.metadata) == []


def test_the_revision_the_code_expects_is_the_last_migration():
    config = Config()
    config.set_main_option("script_location", "posting:migrations")
    assert ScriptDirectory.from_config(config).get_heads() == [store.SCHEMA_REVISION]


def test_what_was_closed_before_closings_had_a_history_stays_closed(tmp_path: Path):
    home = Home(tmp_path)
    with create_engine(home.control_store_url).begin() as connection:
        config = Config()
        config.set_main_option("script_location", "posting:migrations")
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        connection.execute(
            text("insert into closed_periods values ('main', 'E', '2026-01', 'ann', :at)"),
            {"at": "2026-02-03 12:00:00.000000"},
        )
    (decision,) = periods.decisions(home)
    assert (decision.decision, decision.close_version, decision.decided_by) == ("closed", 1, "ann")
    assert periods.closed(home) == {("main", "E", "2026-01")}


def test_what_was_posted_before_says_when_by_the_audit_log(tmp_path: Path):
    books = open_books(tmp_path)
    books.run(entry("1100", "2100", 1000))
    (posted,) = outbox.documents(books.home)
    with create_engine(books.home.control_store_url).begin() as connection:
        config = Config()
        config.set_main_option("script_location", "posting:migrations")
        config.attributes["connection"] = connection
        command.downgrade(config, "0002")
    (document,) = outbox.documents(books.home)
    assert document == posted
    assert document.posted_at == store.instant(NOW)


def test_block_that_fails_keeps_nothing(tmp_path: Path):
    home = Home(tmp_path)

    def insert_twice() -> None:
        with store.transaction(home) as connection:
            for _ in range(2):
                connection.execute(insert(tables.ledger_files).values(number=7, file_hash="x"))

    with pytest.raises(IntegrityError):
        insert_twice()
    with store.transaction(home) as connection:
        assert connection.execute(select(tables.ledger_files)).all() == []


def test_store_that_is_opened_by_many_at_once_is_created_once(tmp_path: Path):
    home = Home(tmp_path)

    def count_documents(_: int) -> int:
        with store.transaction(home) as connection:
            return len(connection.execute(select(tables.documents)).all())

    with ThreadPoolExecutor(max_workers=4) as pool:
        assert list(pool.map(count_documents, range(4))) == [0] * 4


def test_one_setting_moves_the_store_elsewhere(tmp_path: Path):
    books = open_books(tmp_path / "home")
    elsewhere = tmp_path / "elsewhere.db"
    books.home = Home(tmp_path / "home", control_url=f"sqlite:///{elsewhere}")
    books.run(entry("1100", "2100", 1000))
    assert not books.home.control_db.exists()
    assert outbox.counts_by_state(books.home) == {"posted": 1}
    with create_engine(f"sqlite:///{elsewhere}").connect() as connection:
        assert connection.execute(select(tables.documents.c.state)).scalars().all() == ["posted"]


def test_deriving_rows_again_changes_nothing(tmp_path: Path):
    books = open_books(tmp_path)
    books.seal(entry("1100", "2100", 1000))
    assert outbox.synchronise(books.home, NOW) == 1
    before = outbox.documents(books.home)
    assert outbox.synchronise(books.home, NOW) == 0
    assert outbox.documents(books.home) == before
