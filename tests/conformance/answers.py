"""The values of a case put together as the answer to it.

Belongs here: the shape of lists and groups in an answer, numbers as text.
Does not: computing any of them.
"""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from tests.conformance.batch import Value

_DECIMALS = 18
_LABELS = {"allocations": "key", "payments": "id", "component_amounts": "name"}
# Lists that a case asks for, though nothing may be in them.
_LISTS: dict[Callable[[Mapping[str, Any]], bool], str] = {
    lambda inputs: inputs.get("method") == "wallets": "payments",
    lambda inputs: inputs.get("method") == "apply_to_lines": "remaining_credits",
    lambda inputs: inputs.get("group_by") is not None: "groups",
}

Answer = dict[str, Any]


def by_case(values: Iterable[Value]) -> dict[str, list[Value]]:
    """Return the values of each case."""
    cases: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        cases[value.case_id].append(value)
    return cases


def put_together(values: Sequence[Value], inputs: Mapping[str, Any]) -> Answer | None:
    """Return the answer to a case; nothing when one of its values is not known."""
    empty = {key: [] for asks, key in _LISTS.items() if asks(inputs)}
    keys: dict[str, list[Value]] = defaultdict(list)
    for value in values:
        keys[value.key].append(value)
    if not (keys or empty) or not all(map(_is_whole, keys.values())):
        return None
    return empty | {key: _shaped(key, of_key, inputs) for key, of_key in keys.items()}


def _is_whole(values: Sequence[Value]) -> bool:
    """Return whether all values of a key are known, have places alike, and each its own."""
    places = {(value.position, value.subposition, value.name) for value in values}
    shapes = {tuple(part is None for part in place) for place in places}
    is_known = all(value.scaled is not None for value in values)
    return is_known and len(places) == len(values) and len(shapes) == 1


def _shaped(key: str, values: Sequence[Value], inputs: Mapping[str, Any]) -> Any:
    if key == "groups":
        return _groups(values, inputs["group_by"])
    first = values[0]
    if first.position is None:
        if first.name is None:
            (value,) = values
            return number_text(value.scaled)
        return {value.name: number_text(value.scaled) for value in values}
    ordered = sorted(values, key=lambda value: (value.position, value.subposition or 0))
    if first.subposition is not None:
        runs: dict[int, list[str]] = defaultdict(list)
        for value in ordered:
            runs[value.position].append(number_text(value.scaled))
        return list(runs.values())
    if first.name is None:
        return [number_text(value.scaled) for value in ordered]
    return _labelled(key, ordered)


def _labelled(key: str, values: Sequence[Value]) -> list[dict[str, str]]:
    label = _LABELS[key]
    items: dict[int, dict[str, str]] = defaultdict(dict)
    for value in values:
        name, _, field = value.name.rpartition("|") if key == "component_amounts" else (
            value.name, "", "amount",
        )  # fmt: skip
        items[value.position] |= {label: name, field: number_text(value.scaled)}
    return list(items.values())


def _groups(values: Sequence[Value], group_by: Sequence[str]) -> list[dict[str, Any]]:
    groups: dict[str, dict[str, Any]] = {}
    for value in values:
        group, _, field = value.name.rpartition("|")
        names = dict(zip(group_by, json.loads(group), strict=True))
        groups.setdefault(group, {"group": names})[field] = number_text(value.scaled)
    return list(groups.values())


def number_text(scaled: int) -> str:
    """Return a whole count of 10^-18 as decimal text without needless zeros."""
    digits = str(abs(scaled)).rjust(_DECIMALS + 1, "0")
    text = f"{digits[:-_DECIMALS]}.{digits[-_DECIMALS:]}".rstrip("0").rstrip(".")
    return f"-{text}" if scaled < 0 else text
