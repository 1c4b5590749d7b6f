"""The reference data of a company made for a usage file.

Belongs here: its accounts and mappings, products, prices scaled to the use, customers.
Does not: its contracts and events (usage_company.py).
"""

from decimal import Decimal
from pathlib import Path

from ingestion.demo_company.contract_book import ContractBook
from ingestion.demo_company.landing_files import write_csv
from ingestion.demo_company.usage_file import Meter, UsageFile

ENTITY = "NW-US"
CURRENCY = "USD"
PLATFORM = "PLATFORM"
TAX_CODE = "EXEMPT"
_PRICE_MODELS = ("graduated", "per_unit", "package")
_MONTHLY_FEE = 100
_PACKAGES_PER_MONTH = 100
_ACCOUNTS = (
    ("1000", "Cash", "asset", "cash"),
    ("1100", "Accounts receivable", "asset", "accounts_receivable"),
    ("1150", "Unbilled receivable", "asset", "unbilled_receivable"),
    ("2100", "Deferred revenue", "liability", "deferred_revenue"),
    ("2200", "Sales tax payable", "liability", "tax_payable"),
    ("2300", "Customer credit", "liability", "customer_credit"),
    ("4000", "Subscription revenue", "revenue", "revenue"),
    ("4200", "Usage revenue", "revenue", "revenue"),
    ("7900", "Foreign exchange gain or loss", "expense", "fx_gain_loss"),
)


def price_id(product_code: str) -> str:
    """Return the id of a product's price."""
    return f"{product_code}-{CURRENCY}"


def write_reference(
    folder: Path, usage: UsageFile, products: dict[str, str], book: ContractBook
) -> None:
    """Write every reference table.

    Args:
        folder: the reference folder.
        usage: what the usage file holds.
        products: the product of each meter.
        book: customers and contracts.
    """
    tables: dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]] = {
        "accounts": (
            ("legal_entity_code", "account_code", "account_name", "account_type", "is_active"),
            [(ENTITY, code, name, kind, "true") for code, name, kind, _ in _ACCOUNTS],
        ),
        "gl_mappings": (
            ("legal_entity_code", "product_code", "account_role", "account_code"),
            [
                (ENTITY, product, role, code)
                for code, _, _, role in _ACCOUNTS
                for product in _mapped_products(code, role, products)
            ],
        ),
        "products": (
            ("product_code", "product_name", "obligation_kind", "recognition_method"),
            [
                (PLATFORM, "Platform", "fixed", "daily"),
                *((product, meter, "usage", "as_used") for meter, product in products.items()),
            ],
        ),
        "ssps": (("product_code", "currency", "ssp_amount"), [(PLATFORM, CURRENCY, "1200.00")]),
        "tax_codes": (
            ("legal_entity_code", "tax_code", "tax_rate", "jurisdiction"),
            [(ENTITY, TAX_CODE, "0", "US")],
        ),
        "customers": (
            ("customer_id", "status", "country"),
            [(c.customer_id, "active", c.country) for c in book.customers],
        ),
        **_price_tables(usage.meters, products),
    }
    for name, (columns, rows) in tables.items():
        dated = [(*row, usage.valid_from) for row in rows]
        write_csv(folder / f"{name}.csv", (*columns, "valid_from"), dated)
    customer_of = {customer.name: customer for customer in book.customers}
    references = [
        (source, customer.source_id(source), customer.customer_id)
        for source in ("crm", "billing")
        for customer in book.customers
    ]
    references += [
        (source, subject, customer_of[subject].customer_id) for source, subject in usage.references
    ]
    write_csv(
        folder / "customer_references.csv",
        ("source", "source_customer_id", "customer_id"),
        references,
    )
    write_csv(
        folder / "systems_of_record.csv",
        ("object", "attribute", "source"),
        [("contract", "terms", "crm"), ("customer", "status", "reference")],
    )


def _mapped_products(account_code: str, role: str, products: dict[str, str]) -> list[str]:
    if role != "revenue":
        return ["*"]
    return [PLATFORM] if account_code == "4000" else list(products.values())


def _price_tables(
    meters: tuple[Meter, ...], products: dict[str, str]
) -> dict[str, tuple[tuple[str, ...], list[tuple[object, ...]]]]:
    """Price each meter by the size of its use, so that a customer's month costs about a hundred."""
    prices: list[tuple[object, ...]] = []
    tiers: list[tuple[object, ...]] = []
    for index, meter in enumerate(meters):
        product = products[meter.meter_code]
        model = _PRICE_MODELS[index % len(_PRICE_MODELS)]
        digits = len(str(int(meter.monthly_quantity))) - 1
        package_size = 10**digits // _PACKAGES_PER_MONTH or 1 if model == "package" else None
        prices.append(
            (price_id(product), product, meter.meter_code, CURRENCY, model, "0", package_size)
        )
        steps: list[tuple[int | None, Decimal]] = [(None, Decimal(_MONTHLY_FEE).scaleb(-digits))]
        if model == "graduated":
            steps = [
                (10**digits, Decimal(_MONTHLY_FEE).scaleb(-digits)),
                (10 ** (digits + 1), Decimal(_MONTHLY_FEE * 8).scaleb(-digits - 1)),
                (None, Decimal(_MONTHLY_FEE * 5).scaleb(-digits - 1)),
            ]
        if model == "package":
            steps = [(None, Decimal(1))]
        tiers += [
            (price_id(product), number, bound, f"{price:f}", "0")
            for number, (bound, price) in enumerate(steps, start=1)
        ]
    return {
        "prices": (
            (
                *("price_id", "product_code", "meter_code", "currency", "price_model"),
                *("included_quantity", "package_size"),
            ),
            prices,
        ),
        "price_tiers": (
            ("price_id", "tier_number", "up_to_quantity", "unit_price", "flat_amount"),
            tiers,
        ),
    }
