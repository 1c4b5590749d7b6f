"""What billing may sell, claim and give back: treatments, payment terms, credits.

Belongs here: the controls that compare documents and contracts with the company's own rules.
Does not: changes of contracts and credits before a renewal (test_amendment_policy).
"""

from typing import Any

import pytest

from tests.books_given import company_with_books, invoice
from tests.unit.dbt.given import fixed_line, product, subscription, usage_line
from tests.warehouse import Row, Warehouse


def _policy(code: str, value: str, entity: str = "*", since: str = "2026-01-01") -> Row:
    return {
        "policy_code": code,
        "legal_entity_code": entity,
        "policy_value": value,
        "valid_from": since,
        "row_number": 1,
    }


def _sold(contract: str, product_code: str, **changes: Any) -> Row:
    return subscription(
        contract, [fixed_line(f"{contract}-1", "1", "365", product_code=product_code)], **changes
    )


def _billed(contract: str, product_code: str, day: str = "2026-01-01", due: str = "") -> Row:
    line = {
        "contract_id": contract,
        "contract_line_id": f"{contract}-1",
        "product_code": product_code,
        "net_amount": "365",
    }
    document = invoice(f"INV-{contract}", day, [line])
    text = document["data"]
    return {**document, "data": text.replace(f'"due_date": "{day}"', f'"due_date": "{due or day}"')}


def _events() -> list[Row]:
    return [
        _sold("GOOD", "SEATS"),
        _billed("GOOD", "SEATS", due="2026-03-02"),
        _sold("NO-ROW", "NOTHING"),
        _billed("NO-ROW", "NOTHING"),
        _sold("NO-METHOD", "UNDECIDED"),
        _sold("EARLY", "LATER"),
        _billed("EARLY", "LATER", "2026-02-01"),
        subscription("AS-USAGE", [usage_line("AS-USAGE-1") | {"product_code": "SEATS"}]),
        _sold("LATE", "SEATS"),
        _billed("LATE", "SEATS", due="2026-03-03"),
        _sold("BEFORE", "SEATS"),
        _billed("BEFORE", "SEATS", "2026-01-02", due="2026-01-01"),
        _sold("FREE", "SEATS"),
        _billed("FREE", "SEATS", "2025-12-31", due="2026-12-31"),
    ]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Books of a company with payment terms of 60 days from 2026 on."""
    books = Warehouse(tmp_path_factory.mktemp("policy"))
    company_with_books(books)
    books.insert(
        "raw.reference_products",
        [
            product("UNDECIDED", method=None),
            product("LATER", valid_from="2026-02-01"),
        ],
    )
    books.insert(
        "raw.reference_policies",
        [
            _policy("payment_terms_max_days", "30"),
            _policy("payment_terms_max_days", "60", "US"),
        ],
    )
    books.insert("raw.events", _events())
    books.run("tag:books")
    return books


def _held(books: Warehouse, code: str) -> dict[str, str]:
    rows = books.rows(f"""
        select results.subject_key, results.sentence from controls.control_results as results
        inner join controls.holds using (subject_type, subject_key)
        where results.exception_code = '{code}'
    """)
    return dict(rows)


def test_what_has_no_revenue_treatment_on_its_day_is_held(books: Warehouse) -> None:
    assert _held(books, "REVENUE_TREATMENT_MISSING") == {
        "NO-ROW": "Contract NO-ROW over 365.00 USD: products.csv has no row for product NOTHING"
        " on 2026-01-01.",
        "invoice:INV-NO-ROW": "Invoice INV-NO-ROW over 365.00 USD: products.csv has no row for"
        " product NOTHING on 2026-01-01.",
        "NO-METHOD": "Contract NO-METHOD over 365.00 USD: line NO-METHOD-1 is fixed, and"
        " products.csv says of product UNDECIDED fixed and no recognition method on 2026-01-01.",
        "EARLY": "Contract EARLY over 365.00 USD: products.csv has no row for product LATER"
        " on 2026-01-01.",
        "AS-USAGE": "Contract AS-USAGE over 0.00 USD: line AS-USAGE-1 is usage, and products.csv"
        " says of product SEATS fixed and daily on 2026-01-01.",
    }


def test_payment_terms_before_the_invoice_or_beyond_the_policy_are_held(books: Warehouse) -> None:
    assert _held(books, "PAYMENT_TERMS_INVALID") == {
        "invoice:INV-BEFORE": "Invoice INV-BEFORE over 365.00 USD of 2026-01-02 is due on"
        " 2026-01-01, before its own day.",
        "invoice:INV-LATE": "Invoice INV-LATE over 365.00 USD of 2026-01-01 is due on 2026-03-03,"
        " after 61 days; the longest terms are 60 days.",
    }
