"""Usage files: CSV, JSON lines or Parquet, judged in bulk inside DuckDB, never row by row.

Belongs here: landing a file, finding its columns, staging what can be read and what cannot.
Does not: the casts and reasons (usage_sql) or which of two equal rows counts (identities).
"""

import csv
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import duckdb

from core.spans import naive_utc
from ingestion.company import CORRECTION_COLUMNS, USAGE_COLUMNS, Source
from ingestion.quarantine import Reason
from ingestion.raw_store import copy_statement, quote
from ingestion.sources import usage_sql
from ingestion.sources.json_sql import (
    exact_number,
    identifier,
    json_fields,
    json_is_object,
    json_object,
    json_without,
)
from ingestion.sources.landed_files import LandedFile, UnreadableFileError, plain_copy
from ingestion.sources.usage_sql import NO_CELL, Cell, LandedRows

_JSON_KINDS = ("jsonl", "ndjson", "json")
KINDS = ("csv", "parquet", *_JSON_KINDS)
_WITHOUT_MAPPING = ("received_at", *CORRECTION_COLUMNS)  # by our names, where nobody says other
_COLUMNS_OF_CANCELLATIONS = ("id", "time")
_READ_ERRORS = (duckdb.InvalidInputException, duckdb.IOException, duckdb.ConversionException)
_MAX_LINE_BYTES = 16 << 20
_CSV_OPTIONS = (
    "auto_detect = false, ignore_errors = true, store_rejects = true, "
    f"rejects_table = 'rejects', rejects_scan = 'reject_scans', max_line_size = {_MAX_LINE_BYTES}"
)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Landing:
    """How the rows of one landed file are reached: SQL over its relation."""

    relation: str  # has the column landed_line
    cells: dict[str, Cell]  # the file's column -> its value
    raw_text: str
    properties: str
    refused: int = 0  # rows staged as refused while landing
    is_row: str = "true"  # SQL that tells a row from a line that is none
    no_row: str = ""  # what to say of such a line


def stage_usage(
    connection: duckdb.DuckDBPyConnection,
    file: LandedFile,
    source: Source,
    *,
    first_ordinal: int,
    work: Path,
    now: datetime,
) -> int:
    """Read one file into a scratch file of `staged_usage` and into `staged_refusals`.

    Args:
        connection: The ingest's own connection, with the table of `usage_sql.create_refusals`.
        file: The landed file; its kind is one of KINDS.
        source: How its columns are called.
        first_ordinal: What a row's line is added to, so that the rows of all files have one order.
        work: Where scratch files may be.
        now: The instant of the run: usage older than the source keeps it is not taken.

    Returns:
        How many rows landed.

    Raises:
        UnreadableFileError: the file as a whole cannot be read.
    """
    oldest_at = f"(timestamp '{naive_utc(now)}' - to_months({source.retention_months}))"
    reader = _Reader(connection, source, first_ordinal, work, oldest_at)
    try:
        landing = reader.land(file.kind, plain_copy(file.path, work))
    except _READ_ERRORS as error:
        if file.kind == "parquet":
            raise UnreadableFileError("it is not a Parquet file, or it is damaged") from error
        landing = reader.land_unified(file, work)
    return landing.refused + reader.stage(landing)


@dataclass(frozen=True, slots=True)
class _Reader:
    connection: duckdb.DuckDBPyConnection
    source: Source
    first_ordinal: int
    work: Path
    oldest_at: str

    def land(self, kind: str, plain: Path) -> _Landing:
        for table in ("landed_rows", "rejects", "reject_scans"):
            self.connection.execute(f"drop table if exists {table}")
        if kind == "parquet":
            return self._land_parquet(plain)
        return self._land_csv(plain) if kind == "csv" else self._land_json(plain)

    def land_unified(self, file: LandedFile, work: Path) -> _Landing:
        """Land a copy with one kind of line end: mixed ones are what stops the fast reader."""
        try:
            return self.land(file.kind, plain_copy(file.path, work, unify_line_ends=True))
        except _READ_ERRORS as error:
            reason = str(error).partition("\n")[0]
            raise UnreadableFileError(f"it is not a readable {file.kind} file ({reason})") from None

    def stage(self, landing: _Landing) -> int:
        """Split landed rows into staged and refused ones; return how many there were."""
        cells = self._wanted_cells(landing)
        needed = _COLUMNS_OF_CANCELLATIONS if "cancels" in cells else USAGE_COLUMNS
        missing = [name for name in needed if name not in cells]
        ordinal = f"{self.first_ordinal} + landed_line"
        if missing:
            sentence = (
                f"The file has no column {', '.join(self.source.columns[name] for name in missing)}"
                f". Name the columns under sources.{self.source.name}.columns in company.yaml, or "
                "have the source send them."
            )
            return self._one(
                f"insert into staged_refusals select {ordinal}, null, "
                f"'{Reason.SCHEMA_BREAKING_CHANGE}', {quote(sentence)}, {landing.raw_text} "
                f"from {landing.relation}"
            )
        rows = LandedRows(
            relation=landing.relation,
            ordinal=ordinal,
            cells=dict.fromkeys(USAGE_COLUMNS, NO_CELL) | cells,
            source=self.source.name,
            oldest_at=self.oldest_at,
        )
        target = usage_sql.staged_path(self.work, self.first_ordinal)
        target.parent.mkdir(parents=True, exist_ok=True)
        landed = self._one(copy_statement(usage_sql.staged_rows(rows, landing.properties), target))
        not_taken = usage_sql.rows_not_taken(target)
        if self._one(f"select count(*) from ({not_taken})"):
            self._refuse(landing, rows, not_taken)
        return landed

    def _refuse(self, landing: _Landing, rows: LandedRows, not_taken: str) -> None:
        """Say of each row that is not taken what is wrong with it."""
        chosen = f"(select * from {rows.relation} where {rows.ordinal} in ({not_taken}))"
        self.connection.execute(
            f"insert into staged_refusals select {rows.ordinal}, null, '{Reason.MALFORMED_ROW}', "
            f"{quote(landing.no_row)}, {landing.raw_text} from {chosen} where not {landing.is_row}"
        )
        readable = replace(rows, relation=f"(select * from {chosen} where {landing.is_row})")
        self.connection.execute(usage_sql.insert_refused(readable, landing.raw_text))

    def _wanted_cells(self, landing: _Landing) -> dict[str, Cell]:
        """Find the columns the source has, whatever their case."""
        folded = {name.strip().casefold(): cell for name, cell in landing.cells.items()}
        return {
            ours: folded[theirs.casefold()]
            for ours, theirs in self._columns().items()
            if theirs.casefold() in folded
        }

    def _columns(self) -> dict[str, str]:
        """Return the columns we ask for, by our names."""
        return {name: name for name in _WITHOUT_MAPPING} | dict(self.source.columns)

    def _properties(self, cells: dict[str, Cell]) -> str:
        """Return SQL for the columns nobody asked for, as JSON."""
        asked = {name.casefold() for name in self._columns().values()}
        return json_object(
            {name: cell for name, cell in cells.items() if name.casefold() not in asked}
        )

    def _land_parquet(self, plain: Path) -> _Landing:
        described = self.connection.execute(f"describe select * from read_parquet({quote(plain)})")
        columns = [(row[0], row[1]) for row in described.fetchall()]
        cells = {
            name: Cell(sql=f"cell_{position}", kind=kind)
            for position, (name, kind) in enumerate(columns)
        }
        renamed = ", ".join(f"{identifier(name)} as {cell.sql}" for name, cell in cells.items())
        return _Landing(
            relation=(
                f"(select {renamed}, file_row_number + 1 as landed_line "
                f"from read_parquet({quote(plain)}, file_row_number = true))"
            ),
            cells=cells,
            raw_text=json_object(cells),
            properties=self._properties(cells),
        )

    def _land_csv(self, plain: Path) -> _Landing:
        names = _header(plain)
        if not names:
            raise UnreadableFileError("it has no header line")
        cells = {name: Cell(sql=f"cell_{position}") for position, name in enumerate(names)}
        types = ", ".join(f"'{cell.sql}': 'VARCHAR'" for cell in cells.values())
        self._land_text(
            plain, f"columns = {{{types}}}, header = true, delim = ',', quote = '\"', escape = '\"'"
        )
        refused = self._refuse_rejects()
        return _Landing(
            relation=self._with_lines(refused, header_lines=1),
            cells=cells,
            raw_text=json_object(cells),
            properties=self._properties(cells),
            refused=refused,
        )

    def _land_text(self, plain: Path, options: str) -> None:
        """Land the lines of a text as the table `landed_rows`, in their order."""
        self.connection.execute(
            f"""
            set preserve_insertion_order = true;
            create temp table landed_rows as
            select * from read_csv({quote(plain)}, {options}, {_CSV_OPTIONS});
            set preserve_insertion_order = false;
            """
        )

    def _land_json(self, plain: Path) -> _Landing:
        """Land JSON lines as one text per line; blank lines do not count."""
        self._land_text(
            plain,
            "columns = {'document': 'VARCHAR'}, header = false, delim = '\x01', quote = '', "
            "escape = ''",
        )
        refused = self._refuse_rejects()
        names = list(dict.fromkeys(self._columns().values()))
        cells = {name: Cell(sql=f"struct_extract(found, {quote(name)})") for name in names}
        present = " + ".join(f"({cell.sql} is not null)::int" for cell in cells.values())
        quantity = self.source.columns["quantity"]
        cells[quantity] = Cell(sql=exact_number(cells[quantity].sql, quantity))
        rows = self._with_lines(refused, header_lines=0)
        return _Landing(
            relation=(
                f"(select landed_line, document, {json_fields('document', names)} as found "
                f"from {rows} where starts_with(document, '{{') or trim(document) <> '')"
            ),
            cells=cells,
            raw_text="document",
            properties=f"""
                case
                    when found is null then null
                    when len(json_keys(document)) = {present} then '{{}}'
                    else {json_without("document", names)}
                end
            """,
            refused=refused,
            is_row=json_is_object("document"),
            no_row="The line is not a JSON object. Have the source send it again.",
        )

    def _refuse_rejects(self) -> int:
        """Stage the rows the reader could not split into cells."""
        return self._one(
            f"""
            insert into staged_refusals
            select
                {self.first_ordinal} + line,
                null,
                '{Reason.MALFORMED_ROW}',
                'The row cannot be read as the file''s columns ('
                    || lower(replace(min(error_type)::varchar, '_', ' '))
                    || '). Have the source send it again.',
                min(csv_line)
            from rejects
            group by line
            """
        )

    def _with_lines(self, refused: int, *, header_lines: int) -> str:
        """Return the landed rows with the line each stands on, around the lines refused."""
        first = 1 + header_lines
        if not refused:
            return f"(select *, rowid + {first} as landed_line from landed_rows)"
        self.connection.execute(
            f"""
            create or replace temp table line_shifts as
            select line - {first} - position as row_index, max(position) + 1 as shift
            from (
                select line, row_number() over (order by line) - 1 as position
                from (select distinct line from rejects)
            )
            group by 1
            """
        )
        return (
            f"(select rows_in_order.* exclude (row_index), rows_in_order.row_index + {first} + "
            "coalesce(line_shifts.shift, 0) as landed_line from (select *, rowid as row_index "
            "from landed_rows) as rows_in_order asof left join line_shifts "
            "on rows_in_order.row_index >= line_shifts.row_index)"
        )

    def _one(self, sql: str) -> int:
        row = self.connection.execute(sql).fetchone()
        return int(row[0]) if row else 0


def _header(plain: Path) -> Sequence[str]:
    """Return the names of a CSV's columns; clashing or empty ones get a number."""
    with plain.open(encoding="utf-8-sig", errors="replace", newline="") as file:
        names = next(csv.reader(file), [])
    unique: list[str] = []
    for position, name in enumerate(names, start=1):
        cleaned = name.strip() or f"column_{position}"
        taken = {other.casefold() for other in unique}
        unique.append(f"{cleaned}_{position}" if cleaned.casefold() in taken else cleaned)
    return unique
