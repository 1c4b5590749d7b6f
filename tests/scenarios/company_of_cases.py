"""One company folder made from all cases: every case is a legal entity of its own.

Belongs here: writing company.yaml, reference tables and landing files.
Does not: reading a case (cases), or running anything.
"""

import csv
import json
from collections.abc import Iterable, Sequence
from pathlib import Path

import yaml

from ingestion.reference_tables import ACCOUNT_ROLES, ENTRY_TYPES, TABLES
from tests.scenarios.cases import Case, Row

_BUSINESS_SOURCES = ("billing", "crm", "revenue", "support", "operator")
_VALID_FROM = "2024-01-01"
_ACCOUNT_TYPES = {
    "deferred_revenue": "liability",
    "tax_payable": "liability",
    "customer_credit": "liability",
    "revenue": "revenue",
    "fx_gain_loss": "expense",
    "credit_loss_expense": "expense",
    "processor_fees": "expense",
}


def write_company(cases: Sequence[Case], folder: Path) -> None:
    """Write company.yaml and the reference tables; nothing has landed yet."""
    (folder / "reference").mkdir(parents=True)
    company = {
        "company": "Cases",
        "book": "primary",
        "legal_entities": [
            {
                "code": case.legal_entity,
                "name": case.name,
                "functional_currency": case.settings["functional_currency"],
                "time_zone": "UTC",
                "calendar": "monthly",
                "erp": "main",
            }
            for case in cases
        ],
        "erps": {"main": {"connector": "embedded"}},
        "sources": {
            **{
                source: {"format": "cloudevents", "files": f"{source}/*"}
                for source in _BUSINESS_SOURCES
            },
            "metering": {
                "format": "usage",
                "files": "usage/*",
                "retention_months": "36",
                "columns": {name: name for name in ("id", "subject", "time", "meter", "quantity")},
            },
        },
        "policies": [
            {
                "policy": policy,
                "legal_entity": case.legal_entity,
                "value": str(value),
                "valid_from": _VALID_FROM,
            }
            for case in cases
            for policy, value in case.settings.get("policies", {}).items()
        ],
        "posting": [
            {
                "entry_type": entry_type,
                "legal_entity": "*",
                "grain": "document",
                "cadence": "daily",
                "valid_from": _VALID_FROM,
            }
            for entry_type in ENTRY_TYPES
        ],
    }
    text = yaml.safe_dump(company, sort_keys=False)
    (folder / "company.yaml").write_text(text, encoding="utf-8")
    for name, table in TABLES.items():
        if not table.in_company_file:
            rows = [row for case in cases for row in _reference_rows(case, name)]
            distinct = {tuple(row.items()): row for row in rows}
            _write_rows(folder / table.landed_path, table.column_names, distinct.values())


def land(cases: Sequence[Case], folder: Path, stage: int) -> None:
    """Write what arrives in a stage."""
    for case in {case.folder: case for case in cases}.values():
        target = folder / "landing" / f"{stage}-{case.name}"
        for source in _BUSINESS_SOURCES:
            lines = [
                json.dumps({key: value for key, value in event.items() if key != "stage"})
                for event in case.events()
                if (event["stage"], event["source"]) == (stage, source)
            ]
            if lines:
                (target / source).mkdir(parents=True)
                path = target / source / "events.jsonl"
                path.write_text("\n".join(lines) + "\n", encoding="utf-8")
        usage = case.usage(stage)
        if usage:
            (target / "usage").mkdir(parents=True)
            _write_rows(target / "usage" / "usage.csv", tuple(usage[0]), usage)


def _reference_rows(case: Case, table: str) -> list[Row]:
    """Return what the case gives, and the rows that every case has."""
    entity = {"legal_entity_code": case.legal_entity}
    common: dict[str, list[Row]] = {
        "accounts": [
            entity
            | {
                "account_code": role,
                "account_name": role.replace("_", " "),
                "account_type": _ACCOUNT_TYPES.get(role, "asset"),
                "is_active": "true",
                "valid_from": _VALID_FROM,
            }
            for role in ACCOUNT_ROLES
        ],
        "gl_mappings": [
            entity
            | {
                "product_code": "*",
                "account_role": role,
                "account_code": role,
                "valid_from": _VALID_FROM,
            }
            for role in ACCOUNT_ROLES
        ],
        "customers": [
            {
                "customer_id": customer,
                "status": "active",
                "country": "US",
                "valid_from": _VALID_FROM,
            }
            for customer in case.customers
        ],
        "customer_references": [
            {
                "source": source,
                "source_customer_id": customer,
                "customer_id": customer,
            }
            for customer in case.customers
            for source in (*_BUSINESS_SOURCES, "metering")
        ],
    }
    given = [entity | row if table == "tax_codes" else row for row in case.reference(table)]
    return common.get(table, []) + given


def _write_rows(path: Path, columns: Iterable[str], rows: Iterable[Row]) -> None:
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(columns))
        writer.writeheader()
        writer.writerows(rows)
