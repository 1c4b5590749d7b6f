"""The dbt project as a thing with a content: its version, and its manifest parsed once.

Belongs here: hashing the project, parsing it when no parse of this content is kept, its manifest.
Does not: building models (dbt_in_process) or telling Dagster about them (defs.transform).
"""

import json
import os
import shutil
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

from core.canonical import file_sha256, sha256_hex
from core.errors import TieoutError

_MEANING = ("models", "macros", "seeds", "dbt_project.yml")
_NOT_SOURCE = frozenset({"target", "logs", "dbt_packages"})
_KEPT_PARSES = 3
_NAME_LENGTH = 16
MANIFEST = "manifest.json"
PARSE_STATE = "partial_parse.msgpack"


class DbtProjectError(TieoutError):
    """The dbt project cannot be parsed."""


@dataclass(frozen=True, kw_only=True)
class DbtProjectCache:
    """A dbt project and the folder where parses of it are kept, by content.

    A parse depends on nothing but the project, so every home and every test shares it.
    """

    project: Path
    cache: Path

    @cached_property
    def code_version(self) -> str:
        """The hash of what decides the books: models, macros, seeds and their configuration."""
        return _hash_files(self.project, (self.project / name for name in _MEANING))

    @cached_property
    def manifest(self) -> Mapping[str, Any]:
        """The manifest as dbt writes it."""
        return json.loads((self.parsed / MANIFEST).read_bytes())

    @cached_property
    def parsed(self) -> Path:
        """The folder of this content's parse; parses the project when there is none yet."""
        source = (path for path in self.project.iterdir() if path.name not in _NOT_SOURCE)
        folder = self.cache / _hash_files(self.project, source)[:_NAME_LENGTH]
        if not (folder / MANIFEST).exists():
            self._parse_into(folder)
        os.utime(folder)
        self._sweep()
        return folder

    def _parse_into(self, folder: Path) -> None:
        from orchestration.dbt_in_process import parse  # noqa: PLC0415  # dbt is slow to import

        scratch = self.cache / f".{folder.name}.{os.getpid()}"
        scratch.mkdir(parents=True)
        try:
            parse(self.project, scratch)
            _put_in_place(scratch, folder)
        finally:
            shutil.rmtree(scratch, ignore_errors=True)

    def _sweep(self) -> None:
        for old in sorted(self._parses(), key=_modified, reverse=True)[_KEPT_PARSES:]:
            shutil.rmtree(old, ignore_errors=True)

    def _parses(self) -> Iterable[Path]:
        return [
            path.parent
            for path in self.cache.glob(f"*/{PARSE_STATE}")
            if not path.parent.name.startswith(".")
        ]


def _put_in_place(scratch: Path, folder: Path) -> None:
    """Give a finished parse its name; another process that was first has the same content."""
    try:
        scratch.rename(folder)
    except OSError:
        if not (folder / MANIFEST).exists():
            raise


def _modified(path: Path) -> float:
    return path.stat().st_mtime


def _hash_files(root: Path, paths: Iterable[Path]) -> str:
    if not (root / "dbt_project.yml").is_file():
        raise DbtProjectError(f"{root} is no dbt project: it has no dbt_project.yml.")
    files = sorted(
        file
        for path in paths
        for file in (path.rglob("*") if path.is_dir() else [path])
        if file.is_file() and not file.name.startswith(".")
    )
    lines = [f"{file.relative_to(root).as_posix()} {file_sha256(file)}" for file in files]
    return sha256_hex("\n".join(lines))
