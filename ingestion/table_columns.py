"""What a reference table is made of: its columns, their kinds, its key.

Belongs here: a table and its columns, and short ways to write the common ones.
Does not: which tables there are (reference_tables, price_tables).
"""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column of a reference table and what its values may be."""

    name: str
    kind: str = "text"  # text, date, boolean, decimal, currency, choice
    choices: tuple[str, ...] = ()
    is_optional: bool = False
    scale: int = 12  # decimals a decimal may have
    whole_digits: int | None = None  # digits it may have before the point; by its scale otherwise
    is_signed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A reference table; its rows are effective-dated when it has the column valid_from."""

    name: str
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    is_required: bool = False
    in_company_file: bool = False

    @property
    def column_names(self) -> tuple[str, ...]:
        """Return the header of the table's file."""
        return tuple(column.name for column in self.columns)

    @property
    def landed_path(self) -> str:
        """Return where in the company folder the table is written."""
        return "company.yaml" if self.in_company_file else f"reference/{self.name}.csv"


def snapshot_columns(table: Table) -> dict[str, str]:
    """Return the columns of a snapshot in the raw store: all text, hashed and numbered."""
    return dict.fromkeys(table.column_names, "VARCHAR") | {
        "snapshot_hash": "VARCHAR",
        "row_number": "BIGINT",
    }


def text(*names: str) -> tuple[Column, ...]:
    """Return columns of any text."""
    return tuple(Column(name=name) for name in names)


def choice(name: str, *choices: str, is_optional: bool = False) -> Column:
    """Return a column that has one of some values."""
    return Column(name=name, kind="choice", choices=choices, is_optional=is_optional)


def currency(name: str) -> Column:
    """Return a column of ISO 4217 codes."""
    return Column(name=name, kind="currency")


def optional_amounts(*names: str) -> tuple[Column, ...]:
    """Return columns of amounts that may be left empty."""
    return tuple(Column(name=name, kind="decimal", is_optional=True) for name in names)


VALID_FROM = Column(name="valid_from", kind="date")
