"""Rules of a company folder that need more than one value.

Belongs here: references between tables, order of tiers, entities and sources that exist.
Does not: a GL mapping missing for a product: that holds a contract, it does not stop a run.
"""

from collections.abc import Collection, Mapping
from decimal import Decimal

from ingestion.charge_term_checks import check_charge_terms
from ingestion.company_tables import ReferenceRow
from ingestion.event_price_checks import check_event_prices
from ingestion.meter_checks import check_meters
from ingestion.mistakes import Mistakes
from ingestion.price_term_checks import check_price_terms
from ingestion.reference_tables import ANY, TABLES
from ingestion.unit_price_checks import check_unit_prices

Tables = Mapping[str, tuple[ReferenceRow, ...]]


def cross_check(tables: Tables, sources: Collection[str], mistakes: Mistakes) -> None:
    """Note every row that points to something the folder does not have."""
    entities = _values(tables, "legal_entities", "legal_entity_code")
    products = _values(tables, "products", "product_code")
    customers = _values(tables, "customers", "customer_id")
    rules = (
        ("accounts", "legal_entity_code", entities, "legal_entities"),
        ("gl_mappings", "legal_entity_code", entities, "legal_entities"),
        ("tax_codes", "legal_entity_code", entities, "legal_entities"),
        ("policies", "legal_entity_code", entities | {ANY}, "legal_entities"),
        ("posting_policies", "legal_entity_code", entities | {ANY}, "legal_entities"),
        ("approval_limits", "legal_entity_code", entities | {ANY}, "legal_entities"),
        ("exception_owners", "legal_entity_code", entities | {ANY}, "legal_entities"),
        ("prices", "product_code", products, "reference/products.csv"),
        ("ssps", "product_code", products, "reference/products.csv"),
        ("gl_mappings", "product_code", products | {ANY}, "reference/products.csv"),
        ("customer_references", "customer_id", customers, "reference/customers.csv"),
        ("customer_references", "source", {*sources}, "sources"),
        ("product_references", "product_code", products, "reference/products.csv"),
        ("product_references", "source", {*sources}, "sources"),
    )
    for table, column, allowed, where in rules:
        _must_exist(tables, mistakes, table=table, column=column, allowed=allowed, where=where)
    _check_owners(tables, {*sources}, mistakes)
    _check_mapped_accounts(tables, mistakes)
    _check_tiers(tables, mistakes)
    _check_prices(tables, mistakes)
    check_meters(tables, mistakes)
    check_price_terms(tables, mistakes)
    check_charge_terms(tables, mistakes)
    check_event_prices(tables, mistakes)
    check_unit_prices(tables, mistakes)
    _check_rates(tables, mistakes)


def _values(tables: Tables, table: str, column: str) -> set[str]:
    return {row[column] for row in tables[table]}


def _must_exist(
    tables: Tables,
    mistakes: Mistakes,
    *,
    table: str,
    column: str,
    allowed: Collection[str],
    where: str,
) -> None:
    for row in tables[table] if where not in mistakes.unreadable else ():
        if row[column] and row[column] not in allowed:
            mistakes.add(
                TABLES[table].landed_path,
                row.line,
                row[column],
                f"No such {column} in {where}. Add it there or correct this row.",
            )


def _check_owners(tables: Tables, sources: set[str], mistakes: Mistakes) -> None:
    """Note what nobody can own, and owners that send nothing."""
    file = "reference/systems_of_record.csv"
    owners = {
        ("contract", "terms"): sources,
        ("customer", "status"): {*sources, "reference"},
        ("customer", "hierarchy"): sources,
        ("customer", "legal_entity"): sources,
        ("opportunity", "terms"): sources,
        ("quote", "terms"): sources,
    }
    for row in tables["systems_of_record"]:
        owned = (row["object"], row["attribute"])
        if owned not in owners:
            known = " or ".join(f"'{', '.join(pair)}'" for pair in owners)
            mistakes.add(file, row.line, ", ".join(owned), f"Only {known} has an owner.")
        elif row["source"] not in owners[owned]:
            allowed = ", ".join(sorted(owners[owned]))
            mistakes.add(file, row.line, row["source"], f"The owner must be one of: {allowed}.")


def _check_mapped_accounts(tables: Tables, mistakes: Mistakes) -> None:
    if "reference/accounts.csv" in mistakes.unreadable:
        return
    accounts = {(row["legal_entity_code"], row["account_code"]) for row in tables["accounts"]}
    for row in tables["gl_mappings"]:
        pair = (row["legal_entity_code"], row["account_code"])
        if all(pair) and pair not in accounts:
            mistakes.add(
                "reference/gl_mappings.csv",
                row.line,
                row["account_code"],
                f"{row['legal_entity_code']} has no such account. Add it to reference/accounts.csv "
                "or map the role to an account that is there.",
            )


def _check_tiers(tables: Tables, mistakes: Mistakes) -> None:
    file = "reference/price_tiers.csv"
    prices = {(row["price_id"], row["valid_from"]): row["price_model"] for row in tables["prices"]}
    tiers: dict[tuple[str, str], list[ReferenceRow]] = {}
    for row in tables["price_tiers"]:
        price = (row["price_id"], row["valid_from"])
        if price not in prices and "reference/prices.csv" not in mistakes.unreadable:
            mistakes.add(
                file,
                row.line,
                ", ".join(price),
                "reference/prices.csv has no such price_id and valid_from. Add it there or "
                "correct this row.",
            )
        if not row["tier_number"].isdecimal() or int(row["tier_number"]) < 1:
            mistakes.add(file, row.line, row["tier_number"], "tier_number must be 1, 2, 3 ...")
        else:
            tiers.setdefault(price, []).append(row)
    for price, rows in tiers.items() if file not in mistakes.unreadable else ():
        ordered = sorted(rows, key=lambda row: int(row["tier_number"]))
        for position, row in enumerate(ordered, start=1):
            if int(row["tier_number"]) != position:
                cure = f"Number this tier {position}: none is left out."
                mistakes.add(file, row.line, row["tier_number"], cure)
        if prices.get(price) != "capacity":
            _check_bounds(ordered, mistakes)


def _check_bounds(rows: list[ReferenceRow], mistakes: Mistakes) -> None:
    file = "reference/price_tiers.csv"
    last = Decimal(0)
    for position, row in enumerate(rows, start=1):
        is_last = position == len(rows)
        bound = row["up_to_quantity"]
        if not bound and not is_last:
            mistakes.add(
                file, row.line, None, "Only the last tier has no bound. Fill up_to_quantity in."
            )
        if bound and is_last:
            mistakes.add(
                file, row.line, bound, "The last tier must have no bound. Empty up_to_quantity."
            )
        if bound and not _is_above(bound, last):
            mistakes.add(
                file, row.line, bound, f"up_to_quantity must be more than {last}, the tier before."
            )
        elif bound:
            last = Decimal(bound)


def _is_above(text: str, bound: Decimal) -> bool:
    """Compare; a text that is no number was noted when its column was checked."""
    return not text.replace(".", "", 1).isdecimal() or Decimal(text) > bound


def _check_prices(tables: Tables, mistakes: Mistakes) -> None:
    file = "reference/prices.csv"
    file_of_tiers = "reference/price_tiers.csv"
    tiered = {(row["price_id"], row["valid_from"]) for row in tables["price_tiers"]}
    are_tiers_known = file_of_tiers not in mistakes.unreadable
    for row in tables["prices"]:
        if are_tiers_known and (row["price_id"], row["valid_from"]) not in tiered:
            mistakes.add(
                file,
                row.line,
                row["price_id"],
                f"The price of {row['valid_from']} has no tier. Add at least one row to "
                "reference/price_tiers.csv.",
            )
        size = row["package_size"]
        if row["price_model"] == "package" and (not size or not _is_above(size, Decimal(0))):
            mistakes.add(file, row.line, size, "A package price needs a package_size above 0.")


def _check_rates(tables: Tables, mistakes: Mistakes) -> None:
    for row in tables["fx_rates"]:
        if row["from_currency"] == row["to_currency"]:
            mistakes.add(
                "reference/fx_rates.csv",
                row.line,
                row["from_currency"],
                "A currency needs no rate to itself. Remove this row.",
            )
        if row["rate"] and not _is_above(row["rate"], Decimal(0)):
            mistakes.add("reference/fx_rates.csv", row.line, row["rate"], "A rate must be above 0.")
