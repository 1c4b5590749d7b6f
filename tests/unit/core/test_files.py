"""Files exist whole or not at all, and only the first to take a name gets it."""

import multiprocessing
from pathlib import Path

import pytest

from core.files import create_exclusively, exclusive_lock, sweep_temporaries, write_atomically


def fail_halfway(path: Path) -> None:
    path.write_text("half")
    raise OSError("disk full")


def test_a_write_replaces_the_file_whole(tmp_path: Path) -> None:
    target = tmp_path / "folder" / "file"
    write_atomically(target, lambda path: path.write_text("old"))
    write_atomically(target, lambda path: path.write_text("new"))
    assert target.read_text() == "new"
    assert [path.name for path in target.parent.iterdir()] == ["file"]


def test_a_failed_write_leaves_the_old_file(tmp_path: Path) -> None:
    target = tmp_path / "file"
    target.write_text("old")
    with pytest.raises(OSError, match="disk full"):
        write_atomically(target, fail_halfway)
    assert target.read_text() == "old"


def test_only_the_first_creates_a_file(tmp_path: Path) -> None:
    target = tmp_path / "000000001.parquet"
    assert create_exclusively(target, lambda path: path.write_text("first"))
    assert not create_exclusively(target, lambda path: path.write_text("second"))
    assert target.read_text() == "first"
    assert [path.name for path in tmp_path.iterdir()] == [target.name]


def test_leftovers_of_dead_writers_are_swept(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    leftover = tmp_path / "deep" / ".file.123.tmp"
    kept = tmp_path / "deep" / "file"
    leftover.write_text("half")
    kept.write_text("whole")
    sweep_temporaries(tmp_path)
    assert not leftover.exists()
    assert kept.exists()


def hold(lock: Path, order: Path) -> None:
    with exclusive_lock(lock), order.open("a") as file:
        file.write("child\n")


def test_a_second_process_waits_for_the_lock(tmp_path: Path) -> None:
    lock, order = tmp_path / "lock", tmp_path / "order"
    child = multiprocessing.get_context("spawn").Process(target=hold, args=(lock, order))
    with exclusive_lock(lock):
        child.start()
        child.join(1)
        assert child.is_alive()
        assert not order.exists()
    child.join(30)
    assert child.exitcode == 0
    assert order.read_text() == "child\n"
