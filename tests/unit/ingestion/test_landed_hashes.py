"""Hashes of landed files are remembered as long as nothing touched the file."""

import os
from pathlib import Path

import pytest

from core.canonical import file_sha256
from ingestion.sources import landed_hashes
from ingestion.sources.landed_hashes import remembered_hashes


@pytest.fixture
def read(monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Return the files that were read for their hash, as they are."""
    paths: list[Path] = []

    def hashed(path: Path) -> str:
        paths.append(path)
        return file_sha256(path)

    monkeypatch.setattr(landed_hashes, "file_sha256", hashed)
    return paths


def _hash(memory: Path, file: Path) -> str:
    hashes = remembered_hashes(memory)
    found = hashes.sha256(file)
    hashes.save()
    later = memory.stat().st_mtime + 60
    os.utime(memory, (later, later))
    return found


def test_a_file_nobody_touched_is_read_once(tmp_path: Path, read: list[Path]) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("one")
    assert _hash(tmp_path / "memory", file) == _hash(tmp_path / "memory", file)
    assert read == [file]


def test_another_content_of_the_same_size_and_date_is_seen(tmp_path: Path) -> None:
    file = tmp_path / "usage.csv"
    file.write_text("one")
    before, status = _hash(tmp_path / "memory", file), file.stat()
    while file.stat().st_ctime_ns == status.st_ctime_ns:
        file.write_text("two")
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert _hash(tmp_path / "memory", file) == file_sha256(file) != before


def test_a_file_that_changed_just_now_is_read_again(tmp_path: Path, read: list[Path]) -> None:
    file, memory = tmp_path / "usage.csv", tmp_path / "memory"
    file.write_text("one")
    _hash(memory, file)
    os.utime(memory, ns=(file.stat().st_ctime_ns, file.stat().st_ctime_ns))
    _hash(memory, file)
    assert read == [file, file]


def test_a_file_put_in_the_place_of_another_is_seen(tmp_path: Path) -> None:
    file, other = tmp_path / "usage.csv", tmp_path / "other.csv"
    file.write_text("one")
    other.write_text("two")
    before = _hash(tmp_path / "memory", file)
    other.replace(file)
    assert _hash(tmp_path / "memory", file) == file_sha256(file) != before


@pytest.mark.parametrize("broken", ["", "[1]", '{"half'])
def test_a_broken_memory_remembers_nothing(tmp_path: Path, broken: str) -> None:
    file, memory = tmp_path / "usage.csv", tmp_path / "memory"
    file.write_text("one")
    memory.write_text(broken)
    assert _hash(memory, file) == file_sha256(file)


def test_what_is_gone_is_forgotten(tmp_path: Path) -> None:
    file, memory = tmp_path / "usage.csv", tmp_path / "memory"
    file.write_text("one")
    _hash(memory, file)
    file.unlink()
    remembered_hashes(memory).save()
    assert remembered_hashes(memory).known == {}
