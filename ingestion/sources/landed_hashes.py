"""The SHA-256 of landed files, remembered, so that a file is read for it once and not at every run.

Belongs here: the memory, and when it no longer holds.
Does not: which files there are (landed_files) or what was made of them (manifest).
"""

import json
from dataclasses import dataclass
from pathlib import Path

from core.canonical import file_sha256
from core.files import write_atomically

_TICK_NS = 1_000_000_000  # the coarsest clock of a file system in use


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedHashes:
    """What was hashed before, by path; a cache: without its file everything is hashed again."""

    file: Path
    saved_ns: int
    known: dict[str, list[int | str]]

    def sha256(self, path: Path) -> str:
        """Return the hash of a file; it is read unless nothing touched it since the last time.

        Size, time of change and place on the disk decide. The time of change (not that of the
        content, which people can set) moves with every write and every rename. A file that changed
        while the memory was saved may have changed again in the same tick of the disk's clock.
        """
        status = path.stat()
        facts: list[int | str] = [status.st_size, status.st_ctime_ns, status.st_ino, status.st_dev]
        remembered = self.known.get(str(path))
        is_settled = status.st_ctime_ns < self.saved_ns - _TICK_NS
        if is_settled and remembered and remembered[:-1] == facts:
            return str(remembered[-1])
        found = file_sha256(path)
        self.known[str(path)] = [*facts, found]
        return found

    def save(self) -> None:
        """Remember the files that are still there."""
        there = {path: facts for path, facts in self.known.items() if Path(path).exists()}
        write_atomically(self.file, lambda to: to.write_text(json.dumps(there)))


def remembered_hashes(file: Path) -> LandedHashes:
    """Return what was saved; a file that is not there or broken remembers nothing."""
    try:
        saved_ns, known = file.stat().st_mtime_ns, json.loads(file.read_text())
    except (OSError, ValueError):
        saved_ns, known = 0, {}
    return LandedHashes(
        file=file, saved_ns=saved_ns, known=known if isinstance(known, dict) else {}
    )
