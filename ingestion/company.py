"""The company folder: the only thing an adopter writes, read whole or not at all.

Belongs here: what a company is, the reader that lists every mistake with file, line and cure.
Does not: landing files (landing) or what a mapping missing for a product means (a held contract).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from fnmatch import fnmatchcase
from pathlib import Path, PurePosixPath
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from core.spans import InstantError, period_bounds
from ingestion.company_checks import cross_check
from ingestion.company_file import FILE, Section, read_company_file
from ingestion.company_tables import ReferenceRow, check_rows, read_tables
from ingestion.mistakes import CompanyError, Mistakes
from ingestion.reference_tables import ENTRY_TYPES, TABLES
from ingestion.table_columns import Column

USAGE_COLUMNS = ("id", "subject", "time", "meter", "quantity")
CORRECTION_COLUMNS = ("supersedes", "cancels", "correction_reason")
OPTIONAL_USAGE_COLUMNS = ("source", "received_at", *CORRECTION_COLUMNS)
DEFAULT_RETENTION_MONTHS = 13


@dataclass(frozen=True, slots=True, kw_only=True)
class Arrival:
    """A landing folder that a demonstration shows from an instant on."""

    folder: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class LegalEntity:
    """A company that books."""

    code: str
    name: str
    functional_currency: str
    time_zone: str
    calendar: str
    erp: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClose:
    """The administrator of an embedded ledger closes every period through one, at an instant."""

    through: str
    at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Erp:
    """An ERP that documents are posted to."""

    code: str
    connector: str
    period_closes: tuple[PeriodClose, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """A system whose files land: how they are written and where they lie."""

    name: str
    format: str
    files: str
    columns: Mapping[str, str]  # of a usage file: our name -> the file's
    retention_months: int = DEFAULT_RETENTION_MONTHS  # usage older than this is not taken

    def owns(self, path: PurePosixPath) -> bool:
        """Tell whether a path below landing/ is a file of this source."""
        return fnmatchcase("/".join(path.parts[-2:]), self.files)


@dataclass(frozen=True, slots=True, kw_only=True)
class Company:
    """Everything an adopter wrote, proven readable."""

    folder: Path
    name: str
    book: str
    arrivals: tuple[Arrival, ...]
    legal_entities: tuple[LegalEntity, ...]
    erps: Mapping[str, Erp]
    sources: Mapping[str, Source]
    tables: Mapping[str, tuple[ReferenceRow, ...]]  # every reference table, company.yaml's too

    @property
    def is_demo(self) -> bool:
        """Tell whether the folder is labelled a demonstration."""
        return bool(self.arrivals)


def read_company(folder: Path) -> Company:
    """Read a company folder.

    Raises:
        CompanyError: the folder has mistakes; the error lists all of them.
    """
    mistakes = Mistakes()
    root = read_company_file(folder / FILE, mistakes)
    tables = read_tables(folder, mistakes)
    company = _company(folder, root, tables, mistakes) if root else None
    if mistakes.found or company is None:
        raise CompanyError(str(folder), sorted(set(mistakes.found)))
    return company


def _company(
    folder: Path,
    root: Section,
    csv_tables: Mapping[str, tuple[ReferenceRow, ...]],
    mistakes: Mistakes,
) -> Company:
    root.only(
        *("company", "book", "demo", "legal_entities", "erps", "sources", "policies", "posting"),
        "approval_limits",
    )
    book = root.text("book")
    erps = {name: _erp(name, erp) for name, erp in root.named_sections("erps").items()}
    sources = {name: _source(name, part) for name, part in root.named_sections("sources").items()}
    entities = root.sections("legal_entities")
    tables = dict(csv_tables) | {
        "legal_entities": tuple(_entity_row(part, book, erps, mistakes) for part in entities),
        "policies": _rows("policies", root, "policies", mistakes),
        "posting_policies": _rows("posting_policies", root, "posting", mistakes),
        "approval_limits": _rows("approval_limits", root, "approval_limits", mistakes),
    }
    check_rows(TABLES["legal_entities"], tables["legal_entities"], mistakes)
    for key, found in (("legal_entities", entities), ("erps", erps), ("sources", sources)):
        if not found:
            mistakes.add(FILE, root.line_of(key), None, f"{key} is empty. Declare at least one.")
    _check_posting(tables["posting_policies"], mistakes)
    cross_check(tables, sources, mistakes)
    return Company(
        folder=folder,
        name=root.text("company"),
        book=book,
        arrivals=_arrivals(folder, root),
        legal_entities=tuple(_entity(row) for row in tables["legal_entities"]),
        erps=erps,
        sources=sources,
        tables=tables,
    )


def _arrivals(folder: Path, root: Section) -> tuple[Arrival, ...]:
    demo = root.fields.get("demo")
    if not isinstance(demo, Section):
        return ()
    demo.only("arrivals")
    arrivals = []
    for part in demo.sections("arrivals"):
        part.only("folder", "at")
        name, instant = part.text("folder"), part.instant("at")
        if name and not (folder / name).is_dir():
            part.mistakes.add(FILE, part.line_of("folder"), name, "There is no such folder.")
        if name and instant:
            arrivals.append(Arrival(folder=name.rstrip("/"), at=instant))
    return tuple(arrivals)


def _erp(name: str, part: Section) -> Erp:
    part.only("connector", "period_closes")
    closes = []
    for close in part.sections("period_closes"):
        close.only("through", "at")
        through, instant = close.text("through"), close.instant("at")
        try:
            period_bounds(through)
        except InstantError as error:
            close.mistakes.add(FILE, close.line_of("through"), None, str(error))
        if instant:
            closes.append(PeriodClose(through=through, at=instant))
    connector = Column(name="connector", kind="choice", choices=("embedded",))
    return Erp(
        code=name,
        connector=part.text("connector", connector),
        period_closes=tuple(closes),
    )


def _source(name: str, part: Section) -> Source:
    part.only("format", "files", "columns", "retention_months")
    formats = Column(name="format", kind="choice", choices=("cloudevents", "usage"))
    whole_number = Column(name="retention_months", kind="decimal", scale=0)
    months = part.optional_text("retention_months", whole_number)
    columns = part.texts("columns")
    for key in columns:
        if key not in (*USAGE_COLUMNS, *OPTIONAL_USAGE_COLUMNS):
            part.mistakes.add(
                FILE,
                part.line_of("columns"),
                key,
                f"columns knows only: {', '.join((*USAGE_COLUMNS, *OPTIONAL_USAGE_COLUMNS))}.",
            )
    theirs = list(columns.values())
    folded = [column.casefold() for column in theirs]
    for column in theirs:
        if folded.count(column.casefold()) > theirs.count(column):
            part.mistakes.add(
                FILE,
                part.line_of("columns"),
                column,
                "Another column differs from it by case only. Give one of them another name.",
            )
    return Source(
        name=name,
        format=part.text("format", formats),
        files=part.text("files"),
        columns={key: columns.get(key) or key for key in USAGE_COLUMNS}
        | {key: columns[key] for key in OPTIONAL_USAGE_COLUMNS if key in columns},
        retention_months=int(Decimal(months or DEFAULT_RETENTION_MONTHS)),
    )


def _entity_row(
    part: Section, book: str, erps: Mapping[str, Erp], mistakes: Mistakes
) -> ReferenceRow:
    part.only("code", "name", "functional_currency", "time_zone", "calendar", "erp")
    columns = {column.name: column for column in TABLES["legal_entities"].columns}
    zone, erp = part.text("time_zone"), part.text("erp")
    if zone and not _is_time_zone(zone):
        mistakes.add(
            FILE, part.line_of("time_zone"), zone, "Use a zone such as America/New_York or UTC."
        )
    if erp and erp not in erps:
        mistakes.add(FILE, part.line_of("erp"), erp, "No such ERP under erps. Declare it there.")
    values: dict[str, str | None] = {
        "legal_entity_code": part.text("code"),
        "legal_entity_name": part.text("name"),
        "functional_currency": part.text("functional_currency", columns["functional_currency"]),
        "time_zone": zone,
        "calendar": part.text("calendar", columns["calendar"]),
        "erp_code": erp,
        "book": book,
    }
    return ReferenceRow(part.line, values)


def _entity(row: ReferenceRow) -> LegalEntity:
    return LegalEntity(
        code=row["legal_entity_code"],
        name=row["legal_entity_name"],
        functional_currency=row["functional_currency"],
        time_zone=row["time_zone"],
        calendar=row["calendar"],
        erp=row["erp_code"],
    )


def _rows(table_name: str, root: Section, key: str, mistakes: Mistakes) -> tuple[ReferenceRow, ...]:
    """Read one of the lists of company.yaml as rows of its reference table."""
    table = TABLES[table_name]
    written = {"policy_code": "policy", "policy_value": "value", "above_amount": "above"}
    written["legal_entity_code"] = "legal_entity"
    names = {column.name: written.get(column.name, column.name) for column in table.columns}
    rows = []
    for part in root.sections(key):
        part.only(*names.values())
        values: dict[str, str | None] = {
            column.name: part.text(names[column.name], column) for column in table.columns
        }
        rows.append(ReferenceRow(part.line, values))
    check_rows(table, tuple(rows), mistakes)
    return tuple(rows)


def _check_posting(rows: tuple[ReferenceRow, ...], mistakes: Mistakes) -> None:
    """Every entry type needs a posting policy, or its lines could never leave."""
    declared = {row["entry_type"] for row in rows}
    for entry_type in ENTRY_TYPES if "*" not in declared else ():
        if entry_type not in declared:
            mistakes.add(FILE, 0, None, f"posting has no entry for {entry_type}. Add one.")


def _is_time_zone(name: str) -> bool:
    try:
        ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        return False
    return True
