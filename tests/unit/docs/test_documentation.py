"""The documentation: links lead somewhere, and the company folder is described as it is read."""

import re
from pathlib import Path

import pytest

from ingestion.reference_tables import ACCOUNT_ROLES, ENTRY_TYPES, TABLES

ROOT = Path(__file__).resolve().parents[3]
PAGES = sorted([ROOT / "README.md", ROOT / "CHANGELOG.md", *(ROOT / "docs").rglob("*.md")])
LINK = re.compile(r"\[[^\]]*\]\(([^)\s]+)\)")
HEADING = re.compile(r"^#+ +(.+)$", re.MULTILINE)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_every_link_leads_somewhere(page: Path) -> None:
    dead = []
    for target in LINK.findall(_prose(page)):
        if target.startswith(("http:", "https:", "mailto:")):
            continue
        name, _, anchor = target.partition("#")
        linked = (page.parent / name).resolve() if name else page
        is_dead = not linked.exists() or (anchor and anchor not in _anchors(linked))
        if is_dead:
            dead.append(target)

    assert dead == []


@pytest.mark.parametrize(
    "table",
    [table for table in TABLES.values() if not table.in_company_file],
    ids=lambda table: table.name,
)
def test_every_reference_table_is_described_with_its_columns(table) -> None:
    page = (ROOT / "docs" / "company_folder.md").read_text(encoding="utf-8")
    (row,) = [line for line in page.splitlines() if line.startswith(f"| `{table.name}` |")]

    assert re.findall(r"`(\w+)`", row.split("|")[2]) == list(table.column_names)


def test_choices_and_roles_are_all_named() -> None:
    page = (ROOT / "docs" / "company_folder.md").read_text(encoding="utf-8")
    choices = {
        choice for table in TABLES.values() for column in table.columns for choice in column.choices
    }

    missing = {name for name in {*choices, *ACCOUNT_ROLES, *ENTRY_TYPES} if f"`{name}`" not in page}
    assert missing == set()


def _prose(page: Path) -> str:
    return re.sub(r"```.*?```", "", page.read_text(encoding="utf-8"), flags=re.DOTALL)


def _anchors(page: Path) -> set[str]:
    """Return the anchors GitHub makes of a page's headings."""
    return {
        re.sub(r"[^\w\- ]", "", heading.strip().lower()).replace(" ", "-")
        for heading in HEADING.findall(_prose(page))
    }
