"""A small company whose books can be built and sealed inside a test's warehouse.

Belongs here: accounts, rates, periods, invoices, credits, payments; sealing by copying rows.
Does not: contracts and usage (tests.unit.dbt.given), or what the models make of all this.
"""

from decimal import Decimal
from typing import Any

from ingestion.reference_tables import ACCOUNT_ROLES
from tests.unit.dbt.given import company, event, legal_entity
from tests.warehouse import Row, Warehouse

RATES = [("2025-01-01", "1.10"), ("2026-02-10", "1.2345"), ("2026-04-01", "0.987")]


def company_with_books(warehouse: Warehouse, functional_currency: str = "USD") -> None:
    """Give the warehouse one legal entity with accounts, rates and two years of open periods."""
    company(warehouse, legal_entity(currency=functional_currency))
    warehouse.insert(
        "raw.reference_gl_mappings",
        [
            {
                "legal_entity_code": "US",
                "product_code": "*",
                "account_role": role,
                "account_code": role,
                "valid_from": "2020-01-01",
                "snapshot_hash": "m" * 64,
                "row_number": number,
            }
            for number, role in enumerate(ACCOUNT_ROLES)
        ],
    )
    warehouse.insert("raw.reference_accounts", [account(role) for role in ACCOUNT_ROLES])
    warehouse.insert(
        "raw.reference_fx_rates",
        [
            {
                "from_currency": "EUR",
                "to_currency": "USD",
                "rate": rate,
                "valid_from": day,
                "row_number": number,
            }
            for number, (day, rate) in enumerate(RATES)
        ],
    )
    set_periods(warehouse, closed_through="")


def account(code: str, valid_from: str = "2020-01-01", *, is_active: bool = True) -> Row:
    """Return a row of the chart of accounts."""
    return {
        "legal_entity_code": "US",
        "account_code": code,
        "is_active": "true" if is_active else "false",
        "valid_from": valid_from,
        "row_number": 1,
    }


def set_periods(warehouse: Warehouse, *, closed_through: str) -> None:
    """Set which months of 2025 to 2027 the ERP has open."""
    months = [f"{year}-{month:02d}" for year in (2025, 2026, 2027) for month in range(1, 13)]
    warehouse.replace("exports.erp_periods", [])
    values = ", ".join(f"('{month}')" for month in months)
    warehouse.execute(
        f"""
        insert into exports.erp_periods
        select 'main', 'US', month, cast(month || '-01' as date),
            last_day(cast(month || '-01' as date)),
            case when month <= '{closed_through}' then 'closed' else 'open' end
        from (values {values}) as months (month)
        """
    )


def invoice(invoice_id: str, day: str, lines: list[Row], currency: str = "USD") -> Row:
    """Return the event of an invoice; a line is contract, line, net and what it adds to those."""
    full = [
        {
            "invoice_line_id": str(number),
            "product_code": "SEATS",
            "line_kind": "fixed",
            "service_start": "2026-01-01",
            "service_end": "2026-12-31",
            "tax_amount": "0",
        }
        | line
        for number, line in enumerate(lines, start=1)
    ]
    return _document(
        "invoice.finalized",
        invoice_id,
        {
            "invoice_id": invoice_id,
            "currency": currency,
            "invoice_date": day,
            "due_date": day,
            "lines": full,
        },
    )


def credit(credit_id: str, invoice_id: str, day: str, net: str, basis: str, **changes: Any) -> Row:
    """Return the event of a credit memo against the first line of an invoice."""
    line = {
        "credit_line_id": "1",
        "invoice_line_id": "1",
        "basis": basis,
        "net_amount": net,
        "tax_amount": "0",
    }
    return _document(
        "credit.issued",
        credit_id,
        {
            "credit_id": credit_id,
            "invoice_id": invoice_id,
            "currency": "USD",
            "credit_date": day,
            "lines": [line],
        }
        | changes,
    )


def payment(payment_id: str, invoice_id: str, day: str, amount: str, currency: str = "USD") -> Row:
    """Return the event of a payment."""
    return event(
        "payment.succeeded",
        payment_id,
        source="billing",
        payment_id=payment_id,
        invoice_id=invoice_id,
        customer_id="b-1",
        legal_entity_code="US",
        currency=currency,
        amount=amount,
        paid_date=day,
    )


def follow_up(event_type: str, event_id: str, invoice_id: str, **data: Any) -> Row:
    """Return the event of a document that follows an invoice, such as a void or a refund."""
    frame = {"customer_id": "b-1", "legal_entity_code": "US", "currency": "USD"}
    return event(
        event_type, event_id, source="billing", **frame | {"invoice_id": invoice_id} | data
    )


def seal(warehouse: Warehouse, batch: int = 1) -> None:
    """Seal everything proposed, the way a batch records it."""
    shared = [
        row["column_name"]
        for row in warehouse.query(
            """
            select column_name from information_schema.columns
            where table_schema = 'ledger' and table_name = 'sealed_lines'
                and column_name in (
                    select column_name from information_schema.columns
                    where table_schema = 'journals' and table_name = 'proposed_lines'
                )
            """
        )
    ]
    columns = ", ".join(shared)
    warehouse.execute(
        f"""
        insert into ledger.sealed_lines
            (batch_number, amount_minor, functional_amount_minor, {columns})
        select {batch}, difference_minor, difference_functional_minor, {columns}
        from journals.proposed_lines
        """
    )


def _document(event_type: str, document_id: str, data: Row) -> Row:
    tax = sum(Decimal(line["tax_amount"]) for line in data["lines"])
    net = sum(Decimal(line["net_amount"]) for line in data["lines"])
    return event(
        event_type,
        document_id,
        source="billing",
        **data
        | {
            "customer_id": "b-1",
            "legal_entity_code": "US",
            "total_amount": f"{net + tax:.2f}",
            "tax_amount": f"{tax:.2f}",
        },
    )
