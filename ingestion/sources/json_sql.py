"""SQL over JSON and over columns with names that are not ours.

Belongs here: quoting names and paths, objects of columns, numbers as they were written.
Does not: which columns matter (usage_rows).
"""

import json
import re
from collections.abc import Mapping, Sequence

from ingestion.raw_store import quote
from ingestion.sources.usage_sql import Cell

_EXACT_DIGITS = 15  # what the text of a double always keeps


def json_object(cells: Mapping[str, Cell]) -> str:
    """Return SQL for a JSON object of some columns, as text."""
    if not cells:
        return "'{}'"
    pairs = ", ".join(f"{quote(name)}, {cell.sql}" for name, cell in cells.items())
    return f"json_object({pairs})::varchar"


def json_fields(document: str, names: Sequence[str]) -> str:
    """Return SQL for top-level fields as a struct of texts; null when it is no JSON."""
    wanted = json.dumps(dict.fromkeys(names, "VARCHAR"))
    return f"try(from_json({document}, {quote(wanted)}))"


def json_without(document: str, names: Sequence[str]) -> str:
    """Return SQL for a JSON object without some of its fields, as text."""
    removed = json.dumps(dict.fromkeys(names))
    return f"json_merge_patch({document}, {quote(removed)})::varchar"


def json_is_object(document: str) -> str:
    """Return SQL that tells a JSON object from anything else."""
    return (
        f"(case when json_valid({document}) then json_type({document}) = 'OBJECT' else false end)"
    )


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
