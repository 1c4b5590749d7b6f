"""Files that exist whole or not at all.

Belongs here: writing to a temporary name, syncing it, giving it its real name; lock files.
Does not: what the files mean.
"""

import fcntl
import os
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path


def write_atomically(path: Path, write: Callable[[Path], object]) -> None:
    """Let `write` fill a temporary file beside `path`, then put it in place, replacing any other.

    Readers see the old file or the new one, never half of one.
    """
    temporary = _temporary_beside(path)
    write(temporary)
    move_into_place(temporary, path)


def move_into_place(finished: Path, path: Path) -> None:
    """Give a finished file of the same file system its real name, replacing any other."""
    path.parent.mkdir(parents=True, exist_ok=True)
    _sync(finished)
    os.replace(finished, path)  # noqa: PTH105  # one patchable place per durable step
    _sync(path.parent)


def create_exclusively(path: Path, write: Callable[[Path], object]) -> bool:
    """Create `path` whole, unless it exists: a compare-and-swap on the file's name.

    Returns:
        True when this call created the file, False when somebody else was first.
    """
    temporary = _temporary_beside(path)
    write(temporary)
    _sync(temporary)
    try:
        os.link(temporary, path)  # link fails when the name is taken, rename would not
    except FileExistsError:
        return False
    finally:
        temporary.unlink()
    _sync(path.parent)
    return True


@contextmanager
def exclusive_lock(path: Path) -> Iterator[None]:
    """Hold a lock file: a second process that wants it waits. A process that dies lets go."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


def sweep_temporaries(folder: Path) -> None:
    """Remove what writers that died left behind. Call it only while nobody writes there."""
    for leftover in folder.rglob(".*.tmp"):
        leftover.unlink(missing_ok=True)


def _temporary_beside(path: Path) -> Path:
    path.parent.mkdir(parents=True, exist_ok=True)
    return path.parent / f".{path.name}.{os.getpid()}.tmp"


def _sync(path: Path) -> None:
    """Make a file or a folder's entries survive a power cut."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
