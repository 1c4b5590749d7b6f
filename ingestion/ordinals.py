"""The order of all rows of one ingest: the file's number and, in its lower bits, the line.

Belongs here: the arithmetic of ordinals, as SQL.
Does not: which file comes first (landed_files).
"""

_LINE_BITS = 36


def first_ordinal(file_number: int) -> int:
    """Return what the lines of a file are added to."""
    return file_number << _LINE_BITS


def file_of(ordinal: str) -> str:
    """Return SQL for the number of the file an ordinal belongs to."""
    return f"({ordinal} >> {_LINE_BITS})"


def line_of(ordinal: str) -> str:
    """Return SQL for the line an ordinal stands for."""
    return f"({ordinal} & {(1 << _LINE_BITS) - 1})"
