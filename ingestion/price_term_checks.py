"""Rules of the terms that prices and their tiers may have.

Belongs here: terms whose price is there, conversions that are whole, blocks that have a size.
Does not: prices and tiers without terms (company_checks).
"""

from collections.abc import Mapping
from decimal import Decimal, InvalidOperation

from ingestion.company_tables import ReferenceRow
from ingestion.mistakes import Mistakes

_TERMS = "reference/price_terms.csv"
_TIER_TERMS = "reference/price_tier_terms.csv"
_CONVERSION = (
    "conversion_operation",
    "conversion_factor",
    "conversion_decimals",
    "conversion_rounding",
)
_MOST_DECIMALS = 6

Tables = Mapping[str, tuple[ReferenceRow, ...]]
Version = tuple[str, str]


def check_price_terms(tables: Tables, mistakes: Mistakes) -> None:
    """Note terms that no price has, and terms that say half of what they must."""
    models = {(row["price_id"], row["valid_from"]): row["price_model"] for row in tables["prices"]}
    if "reference/prices.csv" in mistakes.unreadable:
        return
    for row in tables["price_terms"]:
        model = models.get((row["price_id"], row["valid_from"]))
        if model is None:
            _must_have_a_price(_TERMS, row, mistakes)
        elif row["package_rounding"] and model != "package":
            cure = f"Only a package price counts packages, and this one is {model}. Empty it."
            mistakes.add(_TERMS, row.line, row["package_rounding"], cure)
        _check_conversion(row, mistakes)
    _check_blocks(tables, models, mistakes)


def versions_that_change_quantities(tables: Tables) -> set[Version]:
    """Return versions of prices that convert, include or give away units, or with terms of tiers.

    A price of events, of several units or of moves has no use for them.
    """
    rows = (
        *(row for row in tables["prices"] if row["included_quantity"]),
        *(row for row in tables["price_terms"] if row["conversion_operation"]),
        *tables["price_tier_terms"],
        *(row for row in tables["price_discounts"] if row["discount_type"] == "free_units"),
    )
    return {(row["price_id"], row["valid_from"]) for row in rows}


def _must_have_a_price(file: str, row: ReferenceRow, mistakes: Mistakes) -> None:
    cure = (
        "reference/prices.csv has no such price_id and valid_from. Add it there or correct this"
        " row."
    )
    mistakes.add(file, row.line, f"{row['price_id']}, {row['valid_from']}", cure)


def _check_conversion(row: ReferenceRow, mistakes: Mistakes) -> None:
    missing = [name for name in _CONVERSION if not row[name]]
    if len(missing) == len(_CONVERSION):
        return
    if missing:
        cure = f"A conversion needs {', '.join(missing)} as well, or none of its columns."
        mistakes.add(_TERMS, row.line, row["price_id"], cure)
    factor, decimals = row["conversion_factor"], row["conversion_decimals"]
    if factor and _number(factor) == 0:
        mistakes.add(_TERMS, row.line, factor, "conversion_factor must be above 0.")
    if decimals and (_number(decimals) or Decimal(0)) > _MOST_DECIMALS:
        cure = f"conversion_decimals must be at most {_MOST_DECIMALS}: quantities have no more."
        mistakes.add(_TERMS, row.line, decimals, cure)


def _check_blocks(
    tables: Tables, models: Mapping[tuple[str, str], str], mistakes: Mistakes
) -> None:
    sizes = {}
    tiers = {
        (row["price_id"], row["valid_from"], row["tier_number"]) for row in tables["price_tiers"]
    }
    for row in tables["price_tier_terms"]:
        tier = (row["price_id"], row["valid_from"], row["tier_number"])
        sizes[tier] = row["block_size"]
        if tier not in tiers and "reference/price_tiers.csv" not in mistakes.unreadable:
            cure = (
                "reference/price_tiers.csv has no such price_id, valid_from and tier_number. Add"
                " it there or correct this row."
            )
            mistakes.add(_TIER_TERMS, row.line, ", ".join(tier), cure)
    for row in tables["price_tiers"]:
        model = models.get((row["price_id"], row["valid_from"])) or ""
        size = sizes.get((row["price_id"], row["valid_from"], row["tier_number"]))
        if model.startswith("block") and not (size and _number(size) != 0):
            cure = (
                f"Tier {row['tier_number']} sells blocks, and needs a block_size above 0 in"
                f" {_TIER_TERMS}."
            )
            mistakes.add("reference/price_tiers.csv", row.line, row["price_id"], cure)


def _number(text: str) -> Decimal | None:
    """Read a number; one that is none was noted when its column was checked."""
    try:
        return Decimal(text)
    except InvalidOperation:
        return None
