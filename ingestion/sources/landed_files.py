"""The files below landing/: which there are, and a plain copy where a file is compressed.

Belongs here: listing, visibility of a demonstration's arrivals, stated counts, gzip, line ends.
Does not: what is in the files.
"""

import gzip
import shutil
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path, PurePosixPath

from ingestion.company import Company, Source
from ingestion.sources.landed_hashes import LandedHashes

_CHUNK = 1 << 22
_STATED = ".count"
_UNFINISHED = (".tmp", ".part", ".partial", ".crdownload")


class UnreadableFileError(Exception):
    """A landed file as a whole cannot be read; the message says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LandedFile:
    """A file as it arrived."""

    path: Path
    landed_path: str  # below the company folder
    source: Source | None  # None when no source of company.yaml claims it
    sha256: str

    @property
    def source_name(self) -> str | None:
        """Return the name of the source that claims the file."""
        return self.source.name if self.source else None

    @property
    def kind(self) -> str:
        """Return the file's ending without .gz, such as 'csv'."""
        suffixes = [suffix.lower() for suffix in self.path.suffixes if suffix.lower() != ".gz"]
        return suffixes[-1].removeprefix(".") if suffixes else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatedCount:
    """How many rows a source says a file of it has, in a file beside it: `usage.csv.count`."""

    landed_path: str  # of the file it is about
    source: Source | None
    sha256: str
    count: int

    @property
    def source_name(self) -> str | None:
        """Return the name of the source that claims the file."""
        return self.source.name if self.source else None


def split_stated(files: Iterable[LandedFile]) -> tuple[list[LandedFile], list[StatedCount]]:
    """Set apart the files that state a count; one that states none is a landed file like others."""
    rows, stated = [], []
    for file in files:
        said = file.path.read_text(errors="replace").strip() if file.path.suffix == _STATED else ""
        if said.isascii() and said.isdigit():
            stated.append(
                StatedCount(
                    landed_path=file.landed_path.removesuffix(_STATED),
                    source=file.source,
                    sha256=file.sha256,
                    count=int(said),
                )
            )
        else:
            rows.append(file)
    return rows, stated


def visible_files(company: Company, now: datetime, hashes: LandedHashes) -> list[LandedFile]:
    """Return the landed files that have arrived by an instant, in the order of their paths."""
    hidden = [arrival.folder for arrival in company.arrivals if arrival.at > now]
    files = []
    for path in sorted((company.folder / "landing").rglob("*")):
        inside = PurePosixPath(path.relative_to(company.folder).as_posix())
        is_left_out = any(part.startswith(".") for part in inside.parts) or (
            path.suffix in _UNFINISHED or any(inside.is_relative_to(folder) for folder in hidden)
        )
        if path.is_file() and not is_left_out:
            files.append(_landed_file(company, path, inside, hashes.sha256(path)))
    return files


def plain_copy(path: Path, work: Path, *, unify_line_ends: bool = False) -> Path:
    """Return a file to read in bulk: itself, or a copy without gzip and with one kind of line end.

    Raises:
        UnreadableFileError: the file is cut off or is no gzip.
    """
    is_compressed = path.suffix.lower() == ".gz"
    if not is_compressed and not unify_line_ends:
        return path
    target = work / "plain"
    opener = gzip.open if is_compressed else open
    try:
        with opener(path, "rb") as landed, target.open("wb") as plain:
            if unify_line_ends:
                for line in landed:
                    plain.write(line.removesuffix(b"\n").removesuffix(b"\r") + b"\n")
            else:
                shutil.copyfileobj(landed, plain, _CHUNK)
    except (EOFError, gzip.BadGzipFile, zlib.error) as error:
        raise UnreadableFileError(f"the gzip file is damaged or cut off ({error})") from None
    return target


def _landed_file(company: Company, path: Path, inside: PurePosixPath, sha256: str) -> LandedFile:
    below_landing = PurePosixPath(*inside.parts[1:])
    owners = [source for source in company.sources.values() if source.owns(below_landing)]
    return LandedFile(
        path=path,
        landed_path=str(inside),
        source=owners[0] if owners else None,
        sha256=sha256,
    )
