"""A company whose sources send what sources should not, each fault on a contract of its own.

Belongs here: the faults, and the exceptions each of them must become.
Does not: running it (tests.integration.test_bad_input), or faults of the demo company.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.company import REFERENCE, event, invoice, json_lines, subscription, usage_csv
from tests.company import write_company as write_folder

# Exception code and subject key of every fault; nothing else may be listed.
EXPECTED = {
    ("PAYLOAD_INCOMPLETE", "crm:contract-twice-a-line"),
    ("PAYLOAD_INCOMPLETE", "billing:invoice-twice-a-line"),
    ("PAYLOAD_INCOMPLETE", "billing:invoice-year-26"),
    ("AMOUNT_PRECISION", "crm:contract-too-dear"),
    ("CONTRACT_LINE_MISMATCH", "invoice:I-LINE"),
    ("CONTRACT_LINE_MISMATCH", "invoice:I-PRODUCT"),
    ("REVENUE_TREATMENT_MISSING", "invoice:I-PRODUCT"),  # nobody sells what it bills
    ("PAYMENT_TERMS_INVALID", "invoice:I-DUE"),
    ("ORPHAN_TRANSACTION", "invoice:I-ORPHAN"),
    ("CURRENCY_MISMATCH", "invoice:I-EURO"),
    ("CURRENCY_MISMATCH", "invoice:I-ENTITY"),
    ("LEGAL_ENTITY_UNKNOWN", "invoice:I-ENTITY"),
    ("TAX_CODE_UNKNOWN", "invoice:I-ENTITY"),
    ("AMOUNT_SIGN_FLIP", "invoice:I-SIGN"),
    ("DEFERRED_BELOW_ZERO", "SIGN"),  # what its only invoice leads to
    ("DOCUMENT_TOTAL_MISMATCH", "invoice:I-TAX"),
    ("CURRENCY_UNKNOWN", "ZZZ"),
    ("ORIGINAL_INVOICE_MISSING", "credit:CR-NOTHING"),
    ("GL_MAPPING_MISSING", "credit:CR-NOTHING"),  # no invoice line, so no product to map
    ("ORIGINAL_INVOICE_MISSING", "payment:P-NOTHING"),
    ("CUSTOMER_UNKNOWN", "invoice:I-CRM-ONLY"),
    ("USAGE_NEGATIVE", "MINUS"),
    ("CONTRACT_MISSING", "metering|M-METER|other"),
    ("CUSTOMER_UNKNOWN", "metering|M-NOBODY|api_calls"),
    ("PRICE_MISSING", "PRICE"),
    ("CONTRACT_REPEATED", "contract:TWICE"),
    ("POSTING_AWAITS_APPROVAL", "document"),  # usage of 16 billion dollars is above the limit
}
# Contracts without a fault, or with one that holds nothing of theirs.
HEALTHY = ("OK", "SHARED-A", "SHARED-B", "TWICE", "MINUS", "LEAP")


@dataclass(kw_only=True)
class Landing:
    """What the three sources sent."""

    events: list[dict[str, Any]] = field(default_factory=list)
    usage: list[tuple[str, ...]] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    references: list[str] = field(default_factory=list)

    def contract(self, name: str, event_id: str = "", **changes: Any) -> None:
        """Announce a contract of a customer of its own."""
        if f"cust-{name},active,US,2025-01-01" not in self.customers:
            self.customers.append(f"cust-{name},active,US,2025-01-01")
            self.references += [f"crm,C-{name},cust-{name}", f"metering,M-{name},cust-{name}"]
            if name != "CRM-ONLY":
                self.references.append(f"billing,B-{name},cust-{name}")
        data = subscription(contract_id=name, customer_id=f"C-{name}") | changes
        self._add("subscription.created", data, event_id or f"contract-{name}", "crm")

    def invoice(
        self,
        name: str,
        event_id: str = "",
        *,
        line: Mapping[str, Any] | None = None,
        copies: int = 1,
        **changes: Any,
    ) -> None:
        """Bill the seats of a contract, with the line or the document changed."""
        lines = [
            invoice()["lines"][0]
            | {"invoice_line_id": "1", "contract_id": name}  # the same on every invoice
            | dict(line or {})
        ] * copies
        data = invoice(invoice_id=f"I-{name}", customer_id=f"B-{name}", lines=lines) | changes
        self._add("invoice.finalized", data, event_id or f"invoice-{name}", "billing")

    def settle(self, kind: str, document_id: str, **fields: Any) -> None:
        """Credit or pay an invoice."""
        data = {"customer_id": "B-OK", "legal_entity_code": "T-US", "currency": "USD"} | fields
        self._add(kind, data, document_id, "billing")

    def use(self, name: str, quantity: str, meter: str = "api_calls") -> None:
        """Use a meter once in March."""
        number = f"u{len(self.usage)}"
        self.usage.append((number, f"M-{name}", "2026-03-03T12:00:00Z", meter, quantity))

    def _add(self, kind: str, data: Mapping[str, Any], event_id: str, source: str) -> None:
        self.events.append(event(kind, data, id=event_id, source=source))


def write_bad_company(path: Path) -> Path:
    """Write the company with all faults and a few contracts without."""
    landing = Landing()
    _add_healthy(landing)
    _add_bad_contracts(landing)
    _add_bad_documents(landing)
    landed = {
        f"{source}/events.jsonl": json_lines(
            each for each in landing.events if each["source"] == source
        )
        for source in ("crm", "billing")
    }
    return write_folder(
        path,
        reference={
            "customers": REFERENCE["customers"] + "\n".join(landing.customers) + "\n",
            "customer_references": REFERENCE["customer_references"]
            + "\n".join(landing.references)
            + "\n",
        },
        landing=landed | {"usage/usage.csv": usage_csv(landing.usage)},
    )


def _add_healthy(landing: Landing) -> None:
    for name in ("OK", "SHARED-A", "SHARED-B"):  # all three call their lines K1-1 and K1-2
        landing.contract(name)
        landing.invoice(name)
        landing.use(name, "500")
    landing.settle(
        "payment.succeeded", "P-1", payment_id="P-1", invoice_id="I-OK", amount="5000.00",
        paid_date="2026-02-15",
    )  # fmt: skip
    landing.contract("LEAP", term_start="2028-02-29", term_end="2033-02-28")
    landing.contract("HUGE")
    for _ in range(2):  # more together than one event may say
        landing.use("HUGE", "99999999999")


def _add_bad_contracts(landing: Landing) -> None:
    seats, calls = subscription()["lines"]
    landing.contract("REPEATED", "contract-twice-a-line", lines=[seats, seats])
    dear = seats | {"quantity": "99999999999", "unit_price": "99999999"}
    landing.contract("DEAR", "contract-too-dear", lines=[dear])
    landing.contract("ZZZ", currency="ZZZ", lines=[seats])
    landing.contract("TWICE")
    landing.contract("TWICE", "contract-TWICE-later", lines=[seats | {"quantity": "11"}])
    landing.events[-1]["time"] = "2026-01-06T10:00:00Z"
    landing.invoice("TWICE")
    landing.contract("MINUS")
    landing.use("MINUS", "-50")
    landing.contract("METER")
    landing.use("METER", "7", "other")
    landing.use("NOBODY", "9")
    landing.contract("PRICE", lines=[seats, calls | {"price_id": "nope"}])
    landing.use("PRICE", "5")


def _add_bad_documents(landing: Landing) -> None:
    for name in ("LINE", "PRODUCT", "EURO", "ENTITY", "SIGN", "TAX", "CRM-ONLY", "SPLIT", "DUE"):
        landing.contract(name)
    landing.invoice("SPLIT", "invoice-twice-a-line", copies=2, total_amount="4800.00")
    landing.invoice("OK", "invoice-year-26", invoice_id="I-26", invoice_date="0026-01-01")
    landing.invoice("LINE", line={"contract_line_id": "zzz"})
    landing.invoice("PRODUCT", line={"product_code": "WAT"})
    landing.invoice("ORPHAN", customer_id="B-OK")
    landing.invoice("EURO", currency="EUR")
    landing.invoice("ENTITY", legal_entity_code="T-XX")
    landing.invoice("SIGN", line={"net_amount": "-10.00"}, total_amount="-10.00")
    landing.invoice("TAX", tax_amount="50.00")
    landing.invoice("DUE", due_date="2025-12-31")
    landing.invoice("CRM-ONLY")
    line = {"credit_line_id": "1", "invoice_line_id": "1", "basis": "concession"}
    landing.settle(
        "credit.issued", "CR-NOTHING", credit_id="CR-NOTHING", invoice_id="I-NOTHING",
        credit_date="2026-02-01", total_amount="100.00", tax_amount="0",
        lines=[line | {"net_amount": "100.00", "tax_amount": "0"}],
    )  # fmt: skip
    landing.settle(
        "payment.succeeded", "P-NOTHING", payment_id="P-NOTHING", invoice_id="I-NOTHING",
        amount="1.00", paid_date="2026-02-15",
    )  # fmt: skip
