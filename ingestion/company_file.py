"""company.yaml with the line of every value, so that a mistake can be pointed at.

Belongs here: reading YAML as text values with lines, reading fields out of a section.
Does not: knowing which sections exist (company).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Self

import yaml

from core.spans import InstantError, parse_instant
from ingestion.mistakes import Mistakes
from ingestion.table_columns import Column
from ingestion.values import problem

FILE = "company.yaml"


@dataclass(frozen=True, slots=True)
class Scalar:
    """A text, or nothing where the YAML has null."""

    text: str | None
    line: int


@dataclass(frozen=True, slots=True)
class Section:
    """A mapping of the file; its readers note a mistake instead of raising."""

    name: str
    line: int
    fields: dict[str, "Scalar | Section | Items"]
    mistakes: Mistakes

    def only(self, *known: str) -> Self:
        """Note every field that nothing reads: most are misspelled."""
        for key, value in self.fields.items():
            if key not in known:
                self.mistakes.add(
                    FILE, value.line, key, f"{self.name} knows only: {', '.join(known)}."
                )
        return self

    def line_of(self, key: str) -> int:
        """Return the line of a field, or of the section when the field is missing."""
        field = self.fields.get(key)
        return field.line if field else self.line

    def text(self, key: str, column: Column | None = None) -> str:
        """Return a required text; an unusable one is noted and comes back empty."""
        return self.optional_text(key, column or Column(name=key), is_required=True) or ""

    def optional_text(
        self, key: str, column: Column | None = None, *, is_required: bool = False
    ) -> str | None:
        """Return a text or None; an unusable one is noted."""
        field = self.fields.get(key)
        if field is not None and not isinstance(field, Scalar):
            self.mistakes.add(FILE, field.line, key, f"{key} must be one value, not a list or map.")
            return None
        text = field.text if field else None
        if text is None:
            if is_required:
                self.mistakes.add(FILE, self.line, self.name, f"{key} is missing. Add it.")
            return None
        if column and (cure := problem(column, text)):
            self.mistakes.add(FILE, self.line_of(key), text, cure)
            return None
        return text

    def instant(self, key: str) -> datetime | None:
        """Return a required instant; an unusable one is noted."""
        text = self.text(key)
        try:
            return parse_instant(text) if text else None
        except InstantError as error:
            self.mistakes.add(FILE, self.line_of(key), None, str(error))
            return None

    def sections(self, key: str) -> "Sequence[Section]":
        """Return the mappings of a list field; anything else is noted."""
        field = self.fields.get(key)
        if field is None or (isinstance(field, Scalar) and field.text is None):
            return ()
        if not isinstance(field, Items):
            self.mistakes.add(FILE, field.line, key, f"{key} must be a list of entries ('- ...').")
            return ()
        sections = []
        for item in field.items:
            if isinstance(item, Section):
                sections.append(item)
            else:
                self.mistakes.add(FILE, item.line, key, "Write this entry as {name: value, ...}.")
        return sections

    def named_sections(self, key: str) -> "dict[str, Section]":
        """Return the mappings of a map field by their names; anything else is noted."""
        field = self.fields.get(key)
        if field is None or (isinstance(field, Scalar) and field.text is None):
            return {}
        if not isinstance(field, Section):
            self.mistakes.add(FILE, field.line, key, f"{key} must be a map of names to settings.")
            return {}
        named = {}
        for name, value in field.fields.items():
            if isinstance(value, Section):
                named[name] = value
            else:
                self.mistakes.add(FILE, value.line, name, f"{key}: write {name} as a map.")
        return named

    def texts(self, key: str) -> dict[str, str]:
        """Return a map of texts; anything else is noted."""
        field = self.fields.get(key)
        if field is None:
            return {}
        if not isinstance(field, Section):
            self.mistakes.add(FILE, field.line, key, f"{key} must be a map of names to texts.")
            return {}
        return {name: field.text(name) for name in field.fields}


@dataclass(frozen=True, slots=True)
class Items:
    """A list of the file."""

    items: tuple["Scalar | Section | Items", ...]
    line: int


def read_company_file(path: Path, mistakes: Mistakes) -> Section | None:
    """Read the file; None when it cannot be read at all, which is noted."""
    if not path.is_file():
        mistakes.add(FILE, 0, None, f"The file is missing. Create {path}.")
        return None
    try:
        root = yaml.compose(path.read_text(encoding="utf-8-sig"), Loader=yaml.SafeLoader)
    except (yaml.YAMLError, UnicodeDecodeError) as error:
        mark = getattr(error, "problem_mark", None)
        mistakes.add(
            FILE,
            mark.line + 1 if mark else 0,
            None,
            f"This is not YAML: {getattr(error, 'problem', None) or error}. Correct it.",
        )
        return None
    if not isinstance(root, yaml.MappingNode):
        mistakes.add(FILE, 1, None, "The file must be a map that starts with 'company: <name>'.")
        return None
    section = _read("company.yaml", root, mistakes)
    return section if isinstance(section, Section) else None


def _read(name: str, node: yaml.Node, mistakes: Mistakes) -> Scalar | Section | Items:
    line = node.start_mark.line + 1
    if isinstance(node, yaml.MappingNode):
        fields: dict[str, Scalar | Section | Items] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value)
            if key in fields:
                mistakes.add(
                    FILE, key_node.start_mark.line + 1, key, f"{key} is written twice. Keep one."
                )
            fields[key] = _read(key, value_node, mistakes)
        return Section(name, line, fields, mistakes)
    if isinstance(node, yaml.SequenceNode):
        return Items(tuple(_read(name, item, mistakes) for item in node.value), line)
    is_null = node.tag == "tag:yaml.org,2002:null"
    return Scalar(None if is_null or node.value == "" else str(node.value).strip(), line)
