"""The close pack of a small company: every link leads somewhere, every figure is the marts'."""

import subprocess
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from html.parser import HTMLParser
from pathlib import Path

import pytest

from core.home import Home
from orchestration import run_record
from orchestration.expectations.borders import EXPECTATIONS, Verdict
from orchestration.reports import close_pack, data_docs, drill_downs
from orchestration.reports.elements import anchor
from tests.pipeline import publish_marts, query, run_pipeline
from tests.proof_company import write_proof_company

NOW = datetime(2026, 2, 10, 6, tzinfo=UTC)
COMPANY = "Tiny & <Sons>"


@dataclass
class Read(HTMLParser):
    """A page as a reader gets it."""

    links: list[str] = field(default_factory=list)
    anchors: set[str] = field(default_factory=set)
    rows: list[list[str]] = field(default_factory=list)
    row_anchors: list[str] = field(default_factory=list)
    scopes: list[str | None] = field(default_factory=list)
    captions: int = 0
    tables: int = 0
    loaded: list[str] = field(default_factory=list)
    text: str = ""
    _is_cell: bool = False

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        values = dict(attributes)
        if "id" in values:
            self.anchors.add(values["id"])
        if tag == "a":
            self.links.append(values["href"])
        if tag in {"link", "script", "img"}:
            self.loaded.append(values.get("href") or values.get("src") or tag)
        if tag == "tr":
            self.rows.append([])
        if tag in {"td", "th"}:
            self.rows[-1].append("")
            self._is_cell = True
        if tag == "th":
            self.scopes.append(values.get("scope"))
        self.captions += tag == "caption"
        self.tables += tag == "table"

    def handle_endtag(self, tag: str) -> None:
        if tag in {"td", "th"}:
            self._is_cell = False

    def handle_data(self, data: str) -> None:
        self.text += data
        if self._is_cell:
            self.rows[-1][-1] += data


def _read(page: Path) -> Read:
    reader = Read()
    reader.feed(page.read_text(encoding="utf-8"))
    return reader


def _row(page: Path, *beginning: str) -> list[str]:
    (row,) = [row for row in _read(page).rows if row[: len(beginning)] == list(beginning)]
    return row[len(beginning) :]


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Home:
    root = tmp_path_factory.mktemp("pack")
    company, path = write_proof_company(root / "company"), root / "home"
    run_pipeline(company, path, NOW)
    publish_marts(company, path, NOW)
    home = Home(path)
    (run,) = query(path, "select run_id from run.parameters")
    verdicts = [
        Verdict(expectation=each, is_met=True, observed={"element_count": 3})
        for each in EXPECTATIONS
    ]
    record = run_record.record_of(home, run["run_id"])
    record.update(**{data_docs.FACT: data_docs.facts(verdicts)})
    stopped = [replace(verdicts[0], is_met=False), *verdicts[1:]]
    run_record.record_of(home, "earlier").update(
        as_of="2026-01-01T06:00:00Z",
        run_id="earlier",
        **{data_docs.FACT: data_docs.facts(stopped)},
    )
    close_pack.write(home, COMPANY)
    return home


def test_every_link_leads_to_a_file_and_an_anchor(home: Home) -> None:
    pages = {page: _read(page) for page in home.site.rglob("*.html")}
    dead, followed = [], 0
    for page, read in pages.items():
        for link in read.links:
            name, _, place = link.partition("#")
            target = (page.parent / name).resolve()
            followed += 1
            if not target.is_file() or (place and place not in pages[target].anchors):
                dead.append(f"{page.name}: {link}")
    assert dead == []
    assert followed > 300


def test_pages_need_no_network_and_no_script(home: Home) -> None:
    for page in home.site.rglob("*.html"):
        loaded = _read(page).loaded
        assert [Path(each).name for each in loaded] == ["style.css"]
        assert (page.parent / loaded[0]).is_file()


def test_tables_can_be_read_aloud(home: Home) -> None:
    for page in home.site.rglob("*.html"):
        read = _read(page)
        assert read.captions == read.tables
        assert set(read.scopes) <= {"row", "col"}


def test_the_same_marts_give_the_same_bytes(home: Home) -> None:
    def content() -> dict[str, bytes]:
        return {str(path): path.read_bytes() for path in home.site.rglob("*") if path.is_file()}

    before = content()
    (home.site / "rows" / "stale.html").write_text("of an older release")
    close_pack.write(home, COMPANY)
    assert content() == before


def test_figures_of_the_first_page_are_those_of_the_books(home: Home) -> None:
    # 1,500 calls in January: 1,000 at 0.10 and 500 at 0.08 = 140.00; 100 in February = 10.00.
    # 2,400.00 of the year 2026 on 40 days of 365 by the 9th of February = 263.01, and the usage.
    # The lines of the invoice that is held come to 10.00: 2,400.00 + 10.00 - 263.01 = 2,146.99
    # deferred, 140.00 + 10.00 receivable.
    charges, recognized, deferred, unbilled, receivable = _row(
        home.site / "index.html", "T-US", "USD"
    )
    assert charges == "150.00"
    assert recognized == "413.01"
    assert deferred == "2,146.99"
    assert unbilled == "10.00"
    assert receivable == "150.00"


def test_totals_behind_a_figure_are_the_figure(home: Home) -> None:
    total = _row(home.site / "rows" / "latest_contract_balances.html", "All rows")
    assert total[3:] == ["2,550.00", "0.00", "413.01", "2,146.99", "10.00", "150.00"]
    (charges,) = query(home.path, "select sum(charge_minor) as minor from usage.usage_charges")
    assert charges["minor"] == 15000
    assert _row(home.site / "rows" / "usage_charges.html", "All rows")[-1] == "150.00"


def test_every_tie_out_shows_both_sides_as_the_mart_has_them(home: Home) -> None:
    rows = query(
        home.path,
        "select left_name, left_minor, right_minor, difference_minor, is_tied"
        " from reconciliation.tie_out_summary where currency = 'USD'",
    )
    shown = [row for row in _read(home.site / "index.html").rows if row[1:2] == ["USD"]]
    by_side = {row[2]: row for row in shown if len(row) == 9}
    assert len(rows) == 5
    for row in rows:
        cells = by_side[row["left_name"]]
        assert cells[3] == f"{row['left_minor'] / 100:,.2f}"
        assert cells[5] == f"{row['right_minor'] / 100:,.2f}"
        assert (cells[8] == "ties out") is row["is_tied"]


def test_an_exception_is_listed_with_sentence_amount_owner_and_next_step(home: Home) -> None:
    rows = query(home.path, "select * from controls.exceptions")
    page = _read(home.site / "exceptions.html")
    assert {row["code"] for row in rows} >= {"DOCUMENT_TOTAL_MISMATCH", "CUSTOMER_UNKNOWN"}
    for row in rows:
        assert anchor(row["exception_key"]) in page.anchors
        assert row["sentence"] in page.text
        assert row["next_step"] in page.text
        assert row["owner"] in page.text
    assert "11.00" in " ".join(
        next(row for row in page.rows if row[:1] == ["document invoice:INV-9"])
    )


def test_a_document_leads_to_its_lines_and_to_what_they_sum_up(home: Home) -> None:
    (document,) = query(
        home.path,
        "select document_key, erp_number from journals.journal_entries"
        " where source_document = 'invoice:INV-1' and entry_type = 'billing'",
    )
    key = document["document_key"]
    row = _row(home.site / "journals.html", key)
    assert "2,400.00" in row
    assert document["erp_number"] in row
    links = _read(home.site / "journals.html").links
    assert f"rows/journal_lines.html#{key}" in links
    assert f"rows/journal_line_sources.html#{key}" in links


def test_data_docs_show_every_verdict_of_the_run(home: Home) -> None:
    page = _read(home.site / "data_docs" / "index.html")
    for expectation in EXPECTATIONS:
        assert expectation.name.replace("_", " ").capitalize().lower() in page.text.lower()


def test_data_docs_tell_earlier_runs_in_brief(home: Home) -> None:
    name = EXPECTATIONS[0].name.replace("_", " ")
    met, of, unmet = _row(home.site / "data_docs" / "index.html", "2026-01-01T06:00:00Z", "earlier")
    assert (met, of, unmet) == (str(len(EXPECTATIONS) - 1), str(len(EXPECTATIONS)), name)


def test_a_name_with_markup_is_shown_as_it_is_written(home: Home) -> None:
    assert COMPANY in _read(home.site / "index.html").text
    assert "<Sons>" not in (home.site / "index.html").read_text(encoding="utf-8")


def test_the_hashes_prove_that_no_page_was_changed(home: Home) -> None:
    def check() -> int:
        command = ["sha256sum", "--check", "--quiet", close_pack.SUMS]
        return subprocess.run(command, cwd=home.site, capture_output=True, check=False).returncode

    assert check() == 0
    page = home.site / "index.html"
    page.write_text(page.read_text(encoding="utf-8").replace("2,146.99", "2,146.98"))
    assert check() != 0
    close_pack.write(home, COMPANY)
    assert check() == 0


def test_what_is_left_out_is_said_and_lies_in_the_file(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(drill_downs, "MOST_ROWS_OF_A_GROUP", 1)
    close_pack.write(home, COMPANY)
    page = home.site / "rows" / "usage_charges.html"
    assert "1 of 2 rows are shown. All of them:" in _read(page).text
    assert _row(page, "All rows")[-1] == "150.00"
    assert len((home.site / "data" / "usage.usage_charges.csv").read_text().splitlines()) == 3
