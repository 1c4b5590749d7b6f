"""The published marts as tables for people: money also in major units, with exact decimals.

Belongs here: which marts there are, finding one by name, the query that spells its amounts.
Does not: writing files (mart_files) or pages (close_pack).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import duckdb

from core.money import currency_exponents
from orchestration.settings import SettingsError

_MINOR = "_minor"
_AMOUNT = "_amount"
_CURRENCIES = ("currency", "transaction_currency")
_FUNCTIONAL = "functional"
_FUNCTIONAL_CURRENCY = "functional_currency"
# What the macro to_amount makes of minor units: four decimals, because a column has one type.
_DISPLAY_TYPE = "DECIMAL(28,4)"
_MOST_NEAR_NAMES = 5


class UnknownMartError(SettingsError):
    """Somebody asks for a mart that has not been published."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """One column as it is written.

    Attributes:
        name: its header.
        type: DuckDB's name of the type of the mart's column.
        source: the column of the mart.
        currency: the column with the currency, when this is money in major units.
    """

    name: str
    type: str
    source: str
    currency: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Mart:
    """One published mart and its columns as they are written."""

    area: str
    name: str
    columns: tuple[Column, ...]

    @property
    def address(self) -> str:
        """Return its name as SQL, the UI and finance spell it."""
        return f"{self.area}.{self.name}"

    def query(self) -> str:
        """Return its rows in an order of their own: amounts in major units as exact text."""
        columns = ",\n    ".join(f'{_expression(each)} as "{each.name}"' for each in self.columns)
        decimals = "".join(
            f', {_decimals_of(currency)} as "{_decimals_name(currency)}"'
            for currency in sorted({each.currency for each in self.columns if each.currency})
        )
        source = f'(select *{decimals} from "{self.area}"."{self.name}")'
        return f"select\n    {columns}\nfrom {source}\norder by all"


def published_marts(connection: duckdb.DuckDBPyConnection) -> list[Mart]:
    """Return every published mart."""
    tables: dict[tuple[str, str], list[tuple[str, str]]] = {}
    rows = connection.execute(
        "select table_schema, table_name, column_name, data_type from information_schema.columns"
        " where table_catalog = current_database()"
        " order by table_schema, table_name, ordinal_position"
    ).fetchall()
    for area, name, column, kind in rows:
        tables.setdefault((area, name), []).append((column, kind))
    return [
        Mart(area=area, name=name, columns=tuple(_columns(columns)))
        for (area, name), columns in tables.items()
    ]


def find(marts: Sequence[Mart], name: str) -> Mart:
    """Return the mart of a name, with or without its area.

    Raises:
        UnknownMartError: none has it, or several areas do; the sentence lists the near ones.
    """
    found = [mart for mart in marts if name in {mart.address, mart.name}]
    if len(found) == 1:
        return found[0]
    if found:
        names = ", ".join(mart.address for mart in found)
        raise UnknownMartError(f"Several marts are called {name}: {names}. Name one with its area.")
    near = _near(marts, name)
    hint = f"Near names: {', '.join(near)}." if near else "`tieout export --list` names all."
    raise UnknownMartError(f"There is no published mart {name}. {hint}")


def _near(marts: Sequence[Mart], name: str) -> list[str]:
    asked = name.rpartition(".")[2].lower()
    addresses = {mart.name: mart.address for mart in marts}
    similar = get_close_matches(asked, addresses, n=_MOST_NEAR_NAMES, cutoff=0.5)
    containing = [each for each in addresses if asked in each and each not in similar]
    return [addresses[each] for each in [*similar, *containing][:_MOST_NEAR_NAMES]]


def _columns(columns: Sequence[tuple[str, str]]) -> Iterator[Column]:
    """Return a mart's columns; minor units are followed by the amount, where a currency is known.

    An amount column that a mart has for display gives way to the exact one; an amount of another
    scale (a charge before rounding) is a fact of its own and stays alone.
    """
    types = dict(columns)
    spelled = {
        _amount_name(name): name
        for name in types
        if name.endswith(_MINOR)
        and _currency_of(name, types)
        and types.get(_amount_name(name), _DISPLAY_TYPE) == _DISPLAY_TYPE
    }
    for name, kind in columns:
        if name in spelled:
            continue
        yield Column(name=name, type=kind, source=name)
        amount = _amount_name(name)
        if spelled.get(amount) == name:
            yield Column(name=amount, type=kind, source=name, currency=_currency_of(name, types))


def _amount_name(name: str) -> str:
    stem = name.removesuffix(_MINOR)
    return stem if stem.endswith(_AMOUNT.strip("_")) else stem + _AMOUNT


def _currency_of(name: str, types: dict[str, str]) -> str | None:
    """Return the column that names the currency of an amount."""
    if _FUNCTIONAL in name:
        return _FUNCTIONAL_CURRENCY if _FUNCTIONAL_CURRENCY in types else None
    return next((each for each in _CURRENCIES if each in types), None)


def _expression(column: Column) -> str:
    """Spell minor units in major ones by a decimal product: exact, where a division is a double."""
    if column.currency is None:
        return f'"{column.source}"'
    cases = "".join(
        f" when {decimals} then {_major(column.source, decimals)}"
        for decimals in sorted(set(currency_exponents().values()))
    )
    return f'case "{_decimals_name(column.currency)}"{cases} end'


def _major(source: str, decimals: int) -> str:
    if not decimals:
        return f'cast("{source}" as varchar)'
    unit = f"cast('{10**-decimals:.{decimals}f}' as decimal({decimals + 1}, {decimals}))"
    return f'cast("{source}" * {unit} as varchar)'


def _decimals_of(currency: str) -> str:
    """Return the number of decimals of a row's currency; nothing for what is no currency."""
    by_decimals: dict[int, list[str]] = {}
    for code, decimals in currency_exponents().items():
        by_decimals.setdefault(decimals, []).append(f"'{code}'")
    cases = "".join(
        f' when "{currency}" in ({", ".join(codes)}) then {decimals}'
        for decimals, codes in sorted(by_decimals.items())
    )
    return f"case{cases} end"


def _decimals_name(currency: str) -> str:
    return f"decimals of {currency}"
