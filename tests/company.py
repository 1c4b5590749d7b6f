"""A tiny company folder for tests: one entity, one product with a fixed price and one meter.

Belongs here: writing the folder, with any file replaced.
Does not: the demo company people look at.
"""

import json
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from pathlib import Path
from typing import Any

COMPANY_YAML = """\
company: Test Company
book: primary
legal_entities:
  - code: T-US
    name: Test Inc.
    functional_currency: USD
    time_zone: America/New_York
    calendar: monthly
    erp: main
erps:
  main:
    connector: embedded
    period_closes:
      - {through: 2025-12, at: 2026-01-10T00:00:00Z}
sources:
  crm: {format: cloudevents, files: "crm/*"}
  billing: {format: cloudevents, files: "billing/*"}
  metering: {format: usage, files: "usage/*"}
policies:
  - policy: usage_billing_tolerance_minor
    legal_entity: "*"
    value: "1"
    valid_from: 2025-01-01
posting:
  - entry_type: "*"
    legal_entity: "*"
    grain: document
    cadence: immediate
    valid_from: 2025-01-01
approval_limits:
  - {legal_entity: T-US, entry_type: "*", above: "1000000.00", valid_from: 2025-01-01}
"""

REFERENCE = {
    "accounts": """\
legal_entity_code,account_code,account_name,account_type,is_active,valid_from
T-US,1000,Cash,asset,true,2025-01-01
T-US,1200,Accounts receivable,asset,true,2025-01-01
T-US,1210,Unbilled receivable,asset,true,2025-01-01
T-US,1220,Disputed payments,asset,true,2025-01-01
T-US,2100,Customer credit,liability,true,2025-01-01
T-US,2200,Tax payable,liability,true,2025-01-01
T-US,2400,Deferred revenue,liability,true,2025-01-01
T-US,4000,Subscription revenue,revenue,true,2025-01-01
T-US,4100,Usage revenue,revenue,true,2025-01-01
T-US,7000,FX gain and loss,expense,true,2025-01-01
T-US,6500,Credit losses,expense,true,2025-01-01
T-US,6600,Payment processing fees,expense,true,2025-01-01
""",
    "gl_mappings": """\
legal_entity_code,product_code,account_role,account_code,valid_from
T-US,*,accounts_receivable,1200,2025-01-01
T-US,*,deferred_revenue,2400,2025-01-01
T-US,*,unbilled_receivable,1210,2025-01-01
T-US,*,tax_payable,2200,2025-01-01
T-US,*,cash,1000,2025-01-01
T-US,*,customer_credit,2100,2025-01-01
T-US,*,fx_gain_loss,7000,2025-01-01
T-US,*,credit_loss_expense,6500,2025-01-01
T-US,*,dispute_receivable,1220,2025-01-01
T-US,*,processor_fees,6600,2025-01-01
T-US,PLAN,revenue,4000,2025-01-01
T-US,API,revenue,4100,2025-01-01
""",
    "products": """\
product_code,product_name,obligation_kind,recognition_method,valid_from
PLAN,Platform seats,fixed,daily,2025-01-01
API,API calls,usage,as_used,2025-01-01
""",
    "prices": """\
price_id,product_code,meter_code,currency,price_model,included_quantity,package_size,valid_from
api-usd,API,api_calls,USD,graduated,,,2025-01-01
""",
    "price_tiers": """\
price_id,tier_number,up_to_quantity,unit_price,flat_amount,valid_from
api-usd,1,1000,0.10,0,2025-01-01
api-usd,2,,0.08,0,2025-01-01
""",
    "ssps": """\
product_code,currency,ssp_amount,valid_from
PLAN,USD,240.00,2025-01-01
""",
    "tax_codes": """\
legal_entity_code,tax_code,tax_rate,jurisdiction,valid_from
T-US,NONE,0,none,2025-01-01
""",
    "fx_rates": """\
from_currency,to_currency,rate,valid_from
EUR,USD,1.10,2025-01-01
""",
    "customers": """\
customer_id,status,country,valid_from
cust-1,active,US,2025-01-01
""",
    "customer_references": """\
source,source_customer_id,customer_id
crm,C1,cust-1
billing,B1,cust-1
metering,M1,cust-1
""",
    "systems_of_record": """\
object,attribute,source
contract,terms,crm
customer,status,reference
""",
}


def write_company(
    path: Path,
    *,
    company_yaml: str = COMPANY_YAML,
    reference: Mapping[str, str | None] | None = None,
    landing: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a company folder.

    Args:
        path: The folder, created when missing.
        company_yaml: The whole of company.yaml.
        reference: Reference tables to replace, by name; None leaves the file out.
        landing: Landed files, by their path below landing/.

    Returns:
        The folder.
    """
    (path / "reference").mkdir(parents=True, exist_ok=True)
    (path / "company.yaml").write_text(company_yaml)
    for name, text in (REFERENCE | dict(reference or {})).items():
        if text is not None:
            (path / "reference" / f"{name}.csv").write_text(text)
    for name, content in (landing or {}).items():
        land(path, name, content)
    return path


def land(path: Path, name: str, content: str | bytes) -> Path:
    """Put one file below landing/."""
    target = path / "landing" / name
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_bytes(content if isinstance(content, bytes) else content.encode())
    return target


def event(event_type: str, data: Mapping[str, Any], **attributes: Any) -> dict[str, Any]:
    """Return a business event in its envelope; attributes replace or add to the defaults."""
    version = attributes.pop("version", 2 if event_type == "subscription.created" else 1)
    return {
        "specversion": "1.0",
        "id": "evt-1",
        "source": "crm",
        "type": event_type,
        "subject": "subject-1",
        "time": "2026-01-05T10:00:00Z",
        "dataschema": f"tieout:{event_type}:{version}",
        "correlationid": "order-1",
        "data": dict(data),
    } | attributes


def json_lines(documents: Iterable[Mapping[str, Any]]) -> str:
    """Return documents as JSON lines."""
    return "".join(json.dumps(document) + "\n" for document in documents)


def subscription(**changes: Any) -> dict[str, Any]:
    """Return the data of subscription.created: 10 seats for a year, and metered API calls."""
    return {
        "contract_id": "K1",
        "subscription_id": "S1",
        "customer_id": "C1",
        "legal_entity_code": "T-US",
        "currency": "USD",
        "term_start": "2026-01-01",
        "term_end": "2026-12-31",
        "billing_frequency": "annual",
        "billing_timing": "advance",
        "lines": [
            {
                "contract_line_id": "K1-1",
                "product_code": "PLAN",
                "line_kind": "fixed",
                "quantity": "10",
                "unit_price": "240.00",
                "price_period": "year",
            },
            {
                "contract_line_id": "K1-2",
                "product_code": "API",
                "line_kind": "usage",
                "meter_code": "api_calls",
                "price_id": "api-usd",
            },
        ],
    } | changes


def invoice(**changes: Any) -> dict[str, Any]:
    """Return the data of invoice.finalized: the seats of one year, due thirty days later."""
    day = date.fromisoformat(str(changes.get("invoice_date", "2026-01-01")))
    return {
        "invoice_id": "INV-1",
        "customer_id": "B1",
        "legal_entity_code": "T-US",
        "currency": "USD",
        "invoice_date": "2026-01-01",
        "due_date": str(day + timedelta(days=30)),
        "total_amount": "2400.00",
        "tax_amount": "0.00",
        "lines": [
            {
                "invoice_line_id": "INV-1-1",
                "contract_id": "K1",
                "contract_line_id": "K1-1",
                "product_code": "PLAN",
                "line_kind": "fixed",
                "service_start": "2026-01-01",
                "service_end": "2026-12-31",
                "net_amount": "2400.00",
                "tax_amount": "0.00",
                "tax_code": "NONE",
            }
        ],
    } | changes


def usage_csv(
    rows: Iterable[Iterable[object]], header: str = "id,subject,time,meter,quantity"
) -> str:
    """Return a usage file."""
    return "\n".join([header, *(",".join(map(str, row)) for row in rows), ""])
