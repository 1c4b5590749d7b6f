"""The close pack: static pages for finance and auditors, written from the published marts.

    site/index.html  site/rows/<drill-down>.html  site/data/<area>.<mart>.csv  site/SHA256SUMS

The same marts give the same bytes.

Belongs here: which pages there are, rendering them, putting them in place.
Does not: what a page shows (overview and the modules named *_pages).
"""

import hashlib
import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb
import jinja2

from core.errors import TieoutError
from core.home import Home
from ingestion import manifest
from orchestration import publish, run_record
from orchestration.reports import (
    data_docs,
    drill_downs,
    finance_pages,
    markup,
    mart_files,
    mart_tables,
    measure_pages,
    overview,
    revenue_pages,
    rows_behind,
    workflow_page,
    working_pages,
)
from orchestration.reports.books import Books
from orchestration.reports.elements import Page, text
from orchestration.reports.overview import Origin
from posting import ledger

SUMS = "SHA256SUMS"
MENU = (
    ("index.html", "Overview"),
    ("close_gate.html", "Close gate"),
    ("exceptions.html", "Exceptions"),
    ("roll_forwards.html", "Roll-forwards"),
    ("waterfall.html", "Waterfall"),
    ("trial_balance.html", "Trial balance"),
    ("journals.html", "Journals"),
    ("workflows.html", "Changes"),
    ("recurring_revenue.html", "Recurring revenue"),
    ("measures.html", "KPIs"),
    (data_docs.PATH, "Data docs"),
)
_TEMPLATES = Path(__file__).parent / "templates"
_STYLE = "style.css"
_FOLDERS = ("rows", "data", "data_docs")
_SCRATCH = ".pack"


class NoPackError(TieoutError):
    """The published marts do not say what they were computed from."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """What was written."""

    index: Path
    page_count: int
    file_count: int


def write(home: Home, company: str) -> Written:
    """Write the pack of the published marts into `site/`, replacing the one before.

    Raises:
        NothingPublishedError: there are no marts yet.
        NoPackError: the marts are of an older release.
    """
    scratch = home.site / f"{_SCRATCH}.{os.getpid()}"
    shutil.rmtree(scratch, ignore_errors=True)
    for folder in _FOLDERS:
        (scratch / folder).mkdir(parents=True)
    try:
        with publish.open_marts(home.marts) as connection:
            run = _run(connection)
            pages = _pages(home, connection, run, company)
            _render(scratch, pages, run, company)
            _copy_data(connection, scratch, pages)
        shutil.copyfile(_TEMPLATES / _STYLE, scratch / _STYLE)
        count = _sum_up(scratch)
        _put_in_place(scratch, home.site)
    finally:
        shutil.rmtree(scratch, ignore_errors=True)
    return Written(index=home.site / "index.html", page_count=len(pages), file_count=count)


def _run(connection: duckdb.DuckDBPyConnection) -> dict[str, Any]:
    found = connection.execute(
        "select count(*) from information_schema.tables"
        " where table_schema = 'metrics' and table_name = 'run_parameters'"
    ).fetchone()
    rows = Books(connection=connection).rows("from metrics.run_parameters") if found[0] else []
    if not rows:
        raise NoPackError(
            "The published marts do not say what they were computed from. Run again, then: tieout"
            " pack."
        )
    return rows[0]


def _pages(
    home: Home, connection: duckdb.DuckDBPyConnection, run: dict[str, Any], company: str
) -> list[Page]:
    books = Books(connection=connection)
    ledger_file = ledger.ledger_file(home, run["ledger_head"])
    origin = Origin(
        company=company,
        ledger_hash=hashlib.sha256(ledger_file.read_bytes()).hexdigest(),
        raw_hash=manifest.entry_hash(home, run["raw_head"]),
    )
    return [
        overview.overview(books, run, origin),
        working_pages.close_gate(books),
        working_pages.exceptions(books),
        working_pages.journals(books),
        workflow_page.workflows(books),
        measure_pages.measures(books),
        finance_pages.roll_forwards(books),
        revenue_pages.waterfall(books),
        finance_pages.trial_balance(books),
        revenue_pages.recurring_revenue(books),
        _data_docs(home, run["run_id"]),
        *(drill_downs.page(connection, drill) for drill in rows_behind.ALL),
    ]


def _data_docs(home: Home, run_id: str) -> Page:
    record = run_record.record_of(home, run_id).facts()
    earlier = run_record.records_before(home, record.get("as_of", ""), data_docs.MOST_EARLIER)
    return data_docs.page(record, earlier)


def _render(folder: Path, pages: list[Page], run: dict[str, Any], company: str) -> None:
    environment = jinja2.Environment(
        loader=jinja2.FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        keep_trailing_newline=True,
    )
    shared = {
        "company": company,
        "as_of": text(run["as_of"]).text,
        "run_id": run["run_id"],
        "ledger_head": run["ledger_head"],
        "raw_head": run["raw_head"],
        "menu": MENU,
        "rows": markup.rows,
    }
    template = environment.get_template("page.html.j2")
    for page in pages:
        facts = shared | {"page": page, "root": "../" * page.path.count("/")}
        (folder / page.path).write_text(template.render(facts), encoding="utf-8")


def _copy_data(connection: duckdb.DuckDBPyConnection, folder: Path, pages: list[Page]) -> None:
    marts = mart_tables.published_marts(connection)
    for file in sorted({file for page in pages for file in page.files}):
        mart = mart_tables.find(marts, Path(file).stem)
        mart_files.copy_csv(connection, mart, folder / file)


def _sum_up(folder: Path) -> int:
    """Write the hash of every file, as `sha256sum -c` reads it; return how many there are."""
    files = sorted(path for path in folder.rglob("*") if path.is_file())
    lines = [
        f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(folder).as_posix()}\n"
        for path in files
    ]
    (folder / SUMS).write_text("".join(lines), encoding="utf-8")
    return len(files)


def _put_in_place(scratch: Path, site: Path) -> None:
    """Move the new files over the old ones, then remove what the new pack does not have."""
    fresh = sorted(path.relative_to(scratch) for path in scratch.rglob("*") if path.is_file())
    for name in fresh:
        target = site / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(scratch / name, target)  # noqa: PTH105  # one patchable place per durable step
    for folder in _FOLDERS:
        for path in (site / folder).iterdir():
            if path.relative_to(site) not in fresh:
                path.unlink()
