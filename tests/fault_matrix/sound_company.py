"""A company in which everything agrees: two entities, four currencies, no exception at all.

Belongs here: which contracts, documents and usage it has, in two arrivals, and its reference data.
Does not: how one of them looks (sound_documents), or faults.

S1 is billed, used and paid. S2 is upgraded in mid-quarter. S3 is the German entity's, with tax. S4
is in pounds and S5 in yen, both in the dollar entity. S6 gets a concession. S7 is cancelled. S8 and
S9 stand by for faults that need a contract of their own.
"""

from datetime import UTC, datetime
from pathlib import Path

from tests.company import COMPANY_YAML, REFERENCE, event, json_lines, land, usage_csv
from tests.company import write_company as write_folder
from tests.fault_matrix.sound_documents import (
    CONTRACTS,
    calls,
    contract,
    credit,
    invoice,
    payment,
    seats,
    usage_invoice,
    usage_row,
)

FIRST = datetime(2026, 2, 10, 6, tzinfo=UTC)
SECOND = datetime(2026, 3, 10, 6, tzinfo=UTC)  # January is closed by now

_CLOSES = "      - {through: 2025-12, at: 2026-01-10T00:00:00Z}\n"
_GERMAN_ENTITY = """\
  - code: T-DE
    name: Test GmbH
    functional_currency: EUR
    time_zone: Europe/Berlin
    calendar: monthly
    erp: main
erps:
"""
_YAML = (
    COMPANY_YAML.replace("erps:\n", _GERMAN_ENTITY)
    .replace("sources:\n", 'sources:\n  operator: {format: cloudevents, files: "operator/*"}\n')
    .replace(_CLOSES, _CLOSES + "      - {through: 2026-01, at: 2026-02-15T00:00:00Z}\n")
    .replace(
        "approval_limits:\n",
        'approval_limits:\n  - {legal_entity: T-DE, entry_type: "*", above: "1000000.00",'
        " valid_from: 2025-01-01}\n",
    )
)


def write_sound_company(path: Path) -> Path:
    """Write the company with its first arrival."""
    contracts = [contract(name) for name in CONTRACTS]
    documents = [
        invoice("I-1", "S1", "2400.00"),
        usage_invoice("I-1U", "S1", "140.00", "2026-02-01"),
        payment("P-1", "I-1", "2400.00", "2026-01-20", contract_id="S1"),
        invoice("I-2", "S2", "591.78", service=("2026-01-01", "2026-03-31")),
        invoice("I-3", "S3", "2400.00", tax="456.00", tax_code="DE19"),
        payment("P-3", "I-3", "2856.00", "2026-01-25", contract_id="S3"),
        invoice("I-4", "S4", "2400.00"),
        payment("P-4", "I-4", "2400.00", "2026-01-28", contract_id="S4"),
        invoice("I-5", "S5", "240000", zero="0"),
        invoice("I-6", "S6", "2400.00"),
        credit("C-6", "I-6", "100.00", "2026-02-05", contract_id="S6"),
        invoice("I-7", "S7", "2400.00"),
    ]
    return write_folder(
        path,
        company_yaml=_YAML,
        reference=_reference(),
        landing={
            "first/crm/contracts.jsonl": json_lines(contracts),
            "first/billing/documents.jsonl": json_lines(documents),
            "first/usage/usage.csv": usage_csv(
                [
                    usage_row("u1", "S1", "2026-01-10", "1500"),
                    usage_row("u2", "S1", "2026-02-05", "100"),
                    usage_row("u3", "S8", "2026-02-06", "40"),
                ]
            ),
        },
    )


def land_second_arrival(path: Path) -> None:
    """Land what comes a month later: an upgrade with its invoice, a cancellation, more usage."""
    amended = event(
        "subscription.amended",
        {
            "contract_id": "S2",
            "amendment_id": "A-2",
            "amendment_type": "upgrade",
            "timing": "immediate",
            "effective_date": "2026-02-15",
            "term_end": "2026-12-31",
            "lines": [seats("S2", quantity="20"), calls("S2")],
        },
        id="amended-S2",
        time="2026-02-13T10:00:00Z",
    )
    cancelled = event(
        "subscription.cancelled",
        {
            "contract_id": "S7",
            "effective_date": "2026-03-01",
            "policy": "immediate_no_refund",
            "access_until": "2026-02-28",
        },
        id="cancelled-S7",
        time="2026-02-27T10:00:00Z",
    )
    land(path, "second/crm/changes.jsonl", json_lines([amended, cancelled]))
    # 10 more seats from 15 February to 31 March: 2,400.00 x 45 / 365.
    delta = invoice("I-2D", "S2", "295.89", service=("2026-02-15", "2026-03-31"), on="2026-02-15")
    used = usage_invoice("I-1V", "S1", "10.00", "2026-03-01", ("2026-02-01", "2026-02-28"))
    other = usage_invoice("I-8U", "S8", "4.00", "2026-03-01", ("2026-02-01", "2026-02-28"))
    land(path, "second/billing/documents.jsonl", json_lines([delta, used, other]))
    row = usage_row("u4", "S1", "2026-03-02", "25")
    land(path, "second/usage/usage.csv", usage_csv([row]))


def _reference() -> dict[str, str]:
    german = ("accounts", "gl_mappings", "tax_codes")
    both = {
        name: REFERENCE[name]
        + "".join(
            line.replace("T-US", "T-DE") + "\n"
            for line in REFERENCE[name].splitlines()
            if line.startswith("T-US")
        )
        for name in german
    }
    sources = ("crm", "billing", "metering")
    return both | {
        "product_references": "source,source_product_code,product_code\n"
        "billing,PLAN,PLAN\nbilling,API,API\n",
        "tax_codes": both["tax_codes"] + "T-DE,DE19,0.19,DE,2025-01-01\n",
        "fx_rates": "from_currency,to_currency,rate,valid_from\n"
        "GBP,USD,1.25,2025-01-01\nJPY,USD,0.0065,2025-01-01\nGBP,USD,1.27,2026-01-15\n",
        "customers": "customer_id,status,country,valid_from\n"
        + "".join(f"cust-{name},active,US,2025-01-01\n" for name in CONTRACTS),
        "customer_references": "source,source_customer_id,customer_id\n"
        + "".join(
            f"{source},{source}-{name},cust-{name}\n" for name in CONTRACTS for source in sources
        ),
    }
