"""Chance that is the same on every machine: a hash of names.

Belongs here: drawing numbers. Does not: what they decide.
"""

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any


def draw(size: int, *names: object) -> int:
    """Return a number from 0 to `size` - 1 that depends on the names alone."""
    digest = hashlib.sha256("|".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:8], "big") % size


def choose(options: Sequence[Mapping[str, Any]], *names: object) -> Mapping[str, Any]:
    """Return one of several options; each has a `weight`.

    Raises:
        ValueError: there are no options.
    """
    number = draw(sum(option["weight"] for option in options), *names) if options else 0
    for option in options:
        if number < option["weight"]:
            return option
        number -= option["weight"]
    raise ValueError("There is nothing to choose from.")
