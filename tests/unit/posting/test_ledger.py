"""The ledger's files: one writer wins, nothing is lost or changed unseen."""

import multiprocessing
import threading
from pathlib import Path

import duckdb
import pytest

from core.canonical import file_sha256
from posting import batches, ledger
from posting.batches import World
from posting.errors import LedgerDamagedError, LedgerMovedError
from tests.posting_books import Books, entry, open_books


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return open_books(tmp_path)


def seal_and_tell(books: Books, world: World, told) -> None:
    try:
        told.put(("sealed", batches.seal(books.home.warehouse, books.home, world).batch_number))
    except LedgerMovedError as error:
        told.put(("moved", str(error)))


def test_two_processes_cannot_seal_the_same_difference(books):
    context = multiprocessing.get_context("fork")
    world = books.build(entry("1100", "2100", 1000))
    told = context.Queue()
    sealers = [context.Process(target=seal_and_tell, args=(books, world, told)) for _ in range(2)]
    for sealer in sealers:
        sealer.start()
    answers = sorted(told.get(timeout=60) for _ in sealers)
    for sealer in sealers:
        sealer.join()
    assert [kind for kind, _ in answers] == ["moved", "sealed"]
    assert books.query("select count(*) from ledger.documents") == [(1,)]


def test_two_threads_that_read_the_same_head_write_one_file(books):
    ledger.initialise(books.home)
    both_read = threading.Barrier(2)
    told = []
    empty = ledger.ledger_schema.file_schema().empty_table()

    def append() -> None:
        both_read.wait()
        try:
            told.append(ledger.append(books.home, after=0, make=lambda _: empty))
        except LedgerMovedError:
            told.append("moved")

    threads = [threading.Thread(target=append) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert told.count("moved") == 1
    assert ledger.head_number(books.home) == 1


def test_each_file_carries_the_hash_of_the_one_before(books):
    books.seal(entry("1100", "2100", 1000))
    books.seal(entry("1100", "2100", 1100))
    previous = file_sha256(ledger.ledger_file(books.home, 1))
    assert books.query("select previous_hash from ledger.batches where batch_number = 2") == [
        (previous,)
    ]
    assert ledger.verify(books.home) == []


def test_head_tells_the_world_of_the_last_batch(books):
    books.seal(entry("1100", "2100", 1000))
    head = ledger.read_head(books.home)
    assert (head.number, head.last_batch.raw_head_hash) == (1, "hash-1")
    assert head.file_hash == file_sha256(ledger.ledger_file(books.home, 1))


def test_missing_file_in_the_middle_stops_everything(books):
    books.seal(entry("1100", "2100", 1000))
    books.seal(entry("1100", "2100", 1100))
    ledger.ledger_file(books.home, 1).unlink()
    with pytest.raises(LedgerDamagedError, match="no file 000000001"):
        ledger.read_head(books.home)


def test_missing_file_at_the_end_is_refused_before_everything_is_posted_again(books):
    should = entry("1100", "2100", 1000)
    books.run(should)
    ledger.ledger_file(books.home, 1).unlink()
    with pytest.raises(LedgerDamagedError, match="ends at 0"):
        books.seal(should)


def test_empty_ledger_folder_is_refused_once_something_was_sealed(books):
    should = entry("1100", "2100", 1000)
    books.run(should)
    for path in books.home.ledger.glob("*.parquet"):
        path.unlink()
    with pytest.raises(LedgerDamagedError):
        books.seal(should)


def test_leftovers_of_a_killed_writer_are_swept(books):
    ledger.initialise(books.home)
    leftover = books.home.ledger / ".000000001.parquet.4242.tmp"
    leftover.write_bytes(b"half")
    books.seal(entry("1100", "2100", 1000))
    assert not leftover.exists()


def test_views_do_not_move_while_another_run_seals(books):
    books.seal(entry("1100", "2100", 1000))
    with duckdb.connect() as connection:
        ledger.register_views(connection, books.home)
        books.seal(entry("1100", "2100", 1100))
        assert connection.execute("select count(*) from ledger.batches").fetchall() == [(1,)]
        ledger.register_views(connection, books.home)
        assert connection.execute("select count(*) from ledger.batches").fetchall() == [(2,)]
        ledger.register_views(connection, books.home, head=1)
        assert connection.execute("select count(*) from ledger.batches").fetchall() == [(1,)]
