"""The inputs of a case, read once each: what nobody reads is a rule nobody knows.

Belongs here: turning texts into values the product's columns can hold, refusing what they cannot.
Does not: what an input means for an amount.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any
from zoneinfo import available_timezones

_MISSING = object()
_MOST_DECIMALS = 18
_NUMBER = re.compile(r"[+-]?[0-9]+(\.[0-9]+)?([eE][+-]?[0-9]{1,2})?")


class UnsupportedError(Exception):
    """A case that states something this product does not know, or cannot hold exactly."""


class Inputs:
    """The fields of a case, or of a part of one."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        if not isinstance(given, Mapping):
            raise UnsupportedError(f"These are no fields: {given!r}.")
        self._given = given
        self._unread = set(given)

    def raw(self, name: str, default: Any = _MISSING) -> Any:
        """Return a field as it stands."""
        self._unread.discard(name)
        if name in self._given:
            return self._given[name]
        if default is _MISSING:
            raise UnsupportedError(f"The case does not say {name}.")
        return default

    def has(self, name: str) -> bool:
        """Return whether the case states a field, without reading it."""
        return self._given.get(name) is not None

    def needs(self, *names: str) -> None:
        """Refuse a case that does not state a field it cannot do without."""
        missing = [name for name in names if not self.has(name)]
        if missing:
            raise UnsupportedError(f"The case does not say {', '.join(missing)}.")

    def amount(self, name: str, default: Any = None) -> str | None:
        """Return an amount of money: up to 12 decimals."""
        return self._number(name, default, decimals=12, digits=12)

    def quantity(self, name: str, default: Any = None) -> str | None:
        """Return a quantity: up to 6 decimals."""
        return self._number(name, default, decimals=6, digits=12)

    def count(self, name: str, default: Any = None) -> str | None:
        """Return a quantity that is multiplied with another one: up to 6 decimals."""
        return self._number(name, default, decimals=6, digits=9)

    def price(self, name: str, default: Any = None) -> str | None:
        """Return a unit price: up to 12 decimals."""
        return self._number(name, default, decimals=12, digits=8)

    def percent(self, name: str, default: Any = None) -> str | None:
        """Return a percentage: up to 6 decimals."""
        return self._number(name, default, decimals=6, digits=6)

    def rate(self, name: str, default: Any = None) -> str | None:
        """Return a percentage that is used as a price: up to 10 decimals."""
        return self._number(name, default, decimals=10, digits=6)

    def integer(self, name: str, default: Any = None) -> int | None:
        """Return a whole number."""
        value = self.raw(name, default)
        if value is None:
            return None
        number = self.exact(value, decimals=0, digits=9)
        return int(number)

    def decimals(self, name: str) -> int | None:
        """Return to how many decimals something is rounded, if it is."""
        number = self.integer(name)
        if number is not None and not 0 <= number <= _MOST_DECIMALS:
            raise UnsupportedError(f"{name} cannot be rounded to {number} decimals.")
        return number

    def boolean(self, name: str, default: Any = None) -> bool | None:
        """Return yes or no."""
        value = self.raw(name, default)
        if value is not None and not isinstance(value, bool):
            raise UnsupportedError(f"{name} is neither true nor false: {value!r}.")
        return value

    def text(self, name: str, default: Any = None) -> str | None:
        """Return a text."""
        value = self.raw(name, default)
        if value is not None and not isinstance(value, str):
            raise UnsupportedError(f"{name} is no text: {value!r}.")
        return value

    def choice(self, name: str, *choices: str, default: Any = _MISSING) -> str:
        """Return one of some texts."""
        value = self.raw(name, default)
        if value not in choices and value is not default:
            raise UnsupportedError(f"{name} {value!r} is none of {', '.join(choices)}.")
        return value

    def date(self, name: str, default: Any = None) -> str | None:
        """Return a calendar date."""
        value = self.raw(name, default)
        try:
            return None if value is None else date.fromisoformat(value).isoformat()
        except (TypeError, ValueError) as error:
            raise UnsupportedError(f"{name} is no date: {value!r}.") from error

    def instant(self, name: str, default: Any = None) -> str | None:
        """Return an instant as the UTC time that the warehouse keeps."""
        value = self.raw(name, default)
        try:
            moment = None if value is None else datetime.fromisoformat(value)
        except (TypeError, ValueError) as error:
            raise UnsupportedError(f"{name} is no instant: {value!r}.") from error
        if moment is None:
            return None
        if moment.tzinfo is None:
            raise UnsupportedError(f"{name} names no time zone: {value!r}.")
        return moment.astimezone(UTC).replace(tzinfo=None).isoformat(" ")

    def texts(self, name: str) -> list[str] | None:
        """Return a list of texts with something in it."""
        values = self.raw(name, None)
        if values is None:
            return None
        if not isinstance(values, list) or not values or not all(map(_is_text, values)):
            raise UnsupportedError(f"{name} is no list of texts: {values!r}.")
        return values

    def time_zone(self, name: str, default: str) -> str:
        """Return the name of a time zone."""
        value = self.raw(name, default)
        if value not in available_timezones():
            raise UnsupportedError(f"{name} is no time zone: {value!r}.")
        return value

    def items(self, name: str) -> list[Any]:
        """Return a list as it stands."""
        values = self.raw(name)
        if not isinstance(values, list):
            raise UnsupportedError(f"{name} is no list: {values!r}.")
        return values

    def parts(self, name: str, *needed: str) -> Iterator["Inputs"]:
        """Return a list of parts with what each needs; each must be read to its end."""
        for part in self.items(name):
            inputs = Inputs(part)
            inputs.needs(*needed)
            yield inputs
            inputs.end()

    def rounding(self) -> dict[str, Any]:
        """Return how amounts are rounded; a case that says nothing does not round."""
        given = self.raw("rounding", None)
        rounding = Inputs({} if given is None else given)
        decimals = rounding.integer("decimals")
        mode = rounding.text("mode")
        rounding.end()
        if decimals is not None and not (-12 <= decimals <= 12 and mode):
            raise UnsupportedError(f"Amounts cannot be rounded like this: {given}.")
        return {"rounding_decimals": decimals, "rounding_mode": mode}

    def end(self) -> None:
        """Refuse what nobody has read."""
        if self._unread:
            raise UnsupportedError(
                f"Nobody knows what this means: {', '.join(sorted(self._unread))}."
            )

    def _number(self, name: str, default: Any, *, decimals: int, digits: int) -> str | None:
        value = self.raw(name, default)
        return None if value is None else self.exact(value, decimals=decimals, digits=digits)

    @staticmethod
    def exact(value: Any, *, decimals: int, digits: int) -> str:
        """Return a number that fits some decimals and digits before them, exactly.

        Raises:
            UnsupportedError: it is no number, a float, or does not fit.
        """
        if isinstance(value, (bool, float)) or not isinstance(value, (int, str)):
            raise UnsupportedError(f"This is no exact number: {value!r}.")
        if not _NUMBER.fullmatch(str(value)):
            raise UnsupportedError(f"This is no number: {value!r}.")
        number = Decimal(value)
        if abs(number) >= 10**digits:
            raise UnsupportedError(f"This is too large: {value!r}.")
        if number != 0 and number.normalize().as_tuple().exponent < -decimals:
            raise UnsupportedError(f"This has more than {decimals} decimals: {value!r}.")
        return f"{number:f}"


def _is_text(value: Any) -> bool:
    return isinstance(value, str)
