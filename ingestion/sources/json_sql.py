"""SQL over JSON and over columns with names that are not ours.

Belongs here: quoting names and paths, objects of columns, numbers as they were written.
Does not: which columns matter (usage_rows).
"""

import re
from collections.abc import Mapping

from ingestion.raw_store import quote
from ingestion.sources.usage_sql import Cell

_EXACT_DIGITS = 15  # what the text of a double always keeps


def json_object(cells: Mapping[str, Cell]) -> str:
    """Return SQL for a JSON object of some columns, as text."""
    if not cells:
        return "'{}'"
    pairs = ", ".join(f"{quote(name)}, {cell.sql}" for name, cell in cells.items())
    return f"json_object({pairs})::varchar"


def json_path(name: str) -> str:
    """Return the JSON path of a top-level field."""
    return '$."' + name.replace('"', '\\"') + '"'


def json_string(text: str) -> str:
    """Return a text as a JSON literal."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def exact_number(found: str, name: str) -> str:
    """Return SQL for a number as it was written.

    A JSON number reaches us through a double; a long one is taken from the text itself.
    """
    written = rf'"{re.escape(name)}"\s*:\s*(-?[0-9][0-9.eE+-]*)'
    raw = f"regexp_extract(document, {quote(written)}, 1)"
    return (
        f"case when length({found}) > {_EXACT_DIGITS} "
        f"and try_cast({raw} as double) = try_cast({found} as double) then {raw} else {found} end"
    )


def identifier(name: str) -> str:
    """Return a column name as an SQL identifier."""
    return '"' + name.replace('"', '""') + '"'
