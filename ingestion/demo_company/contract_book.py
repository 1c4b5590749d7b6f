"""The contract book: what was agreed with whom, read from `book/contracts.yaml`.

Belongs here: contracts, their lines, amendments and cancellations, and the versions they make.
Does not: invoices, usage or events (their own modules derive them from here).
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

BOOK = Path(__file__).parent / "book"
_ONE_DAY = timedelta(days=1)
_DAYS_FROM_SIGNATURE_TO_START = 14


@dataclass(frozen=True, kw_only=True)
class Customer:
    """A customer and the ids that each source knows it by."""

    customer_id: str
    name: str
    country: str
    key: str
    status: str = "active"
    status_in_crm: str = "active"

    def source_id(self, source: str) -> str:
        """Return the customer's own id in one source system."""
        number = self.customer_id.removeprefix("C-")
        return {
            "crm": f"acc-{number}",
            "billing": f"cus_{number}",
            "metering": f"tenant-{self.key}",
            "sprout": f"spr-{number}",
        }[source]


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line of a contract: a fixed fee or a metered one."""

    contract_line_id: str
    product_code: str
    quantity: int | None
    unit_price: str | None
    price_period: str | None
    meter_code: str | None
    price_id: str | None
    typical_quantity: Decimal | None
    is_largest: bool

    @property
    def is_usage(self) -> bool:
        """Whether the line is charged by use."""
        return self.meter_code is not None


@dataclass(frozen=True, kw_only=True)
class Amendment:
    """A change of lines from a day on."""

    amendment_id: str
    amendment_type: str
    timing: str
    announced: date
    billed: date
    effective_date: date
    term_end: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class Cancellation:
    """The end of a contract before, or at, the end of its term."""

    announced: date
    effective_date: date
    policy: str
    access_until: date


@dataclass(frozen=True, kw_only=True)
class Concession:
    """A credit for service already rendered."""

    credit_id: str
    credit_date: date
    contract_line_id: str
    net_amount: str


@dataclass(frozen=True, kw_only=True)
class Contract:
    """What was agreed with a customer, with everything that changed it."""

    contract_id: str
    schema_version: int
    customer_id: str
    legal_entity_code: str
    currency: str
    signed: date
    term_start: date
    term_end: date
    billing_source: str
    billing_frequency: str
    billing_timing: str
    first_invoice: date | None
    tax_code: str
    pays_after_days: int | None
    overpays_by: str | None
    silent: tuple[date, date] | None
    lines: tuple[Line, ...]
    amendments: tuple[Amendment, ...]
    cancellation: Cancellation | None
    concession: Concession | None

    @property
    def service_end(self) -> date:
        """The last day of service (inclusive)."""
        if self.cancellation:
            return self.cancellation.access_until
        return self.amendments[-1].term_end if self.amendments else self.term_end


@dataclass(frozen=True, kw_only=True)
class Version:
    """The terms of a contract over a span of days (first and last day inclusive)."""

    number: int
    first_day: date
    last_day: date
    term_start: date
    term_end: date
    lines: tuple[Line, ...]


@dataclass(frozen=True, kw_only=True)
class ContractBook:
    """All customers and contracts, and the span of days in which usage is measured."""

    customers: tuple[Customer, ...]
    contracts: tuple[Contract, ...]
    usage_first: date
    usage_last: date

    def customer(self, customer_id: str) -> Customer:
        """Return a customer; one that no cross-reference names is made up from its id."""
        for customer in self.customers:
            if customer.customer_id == customer_id:
                return customer
        return Customer(
            customer_id=customer_id, name="Unknown", country="US", key=customer_id.lower()
        )


def read_contract_book(path: Path = BOOK / "contracts.yaml") -> ContractBook:
    """Read the contract book."""
    content = yaml.safe_load(path.read_text(encoding="utf-8"))
    return ContractBook(
        customers=tuple(
            Customer(customer_id=row["id"], **{k: v for k, v in row.items() if k != "id"})
            for row in content["customers"]
        ),
        contracts=tuple(_contract(entry) for entry in content["contracts"]),
        usage_first=content["usage_window"]["first"],
        usage_last=content["usage_window"]["last"],
    )


def versions(contract: Contract) -> tuple[Version, ...]:
    """Return the versions of a contract in order; an amendment ends one and begins the next."""
    starts = [(contract.term_start, contract.term_end, contract.lines)]
    starts += [(a.effective_date, a.term_end, a.lines) for a in contract.amendments]
    result: list[Version] = []
    for number, (first_day, term_end, lines) in enumerate(starts, start=1):
        following = starts[number][0] - _ONE_DAY if number < len(starts) else term_end
        previous = result[-1] if result else None
        is_new_term = previous is None or first_day > previous.term_end
        result.append(
            Version(
                number=number,
                first_day=first_day,
                last_day=min(following, contract.service_end),
                term_start=first_day if is_new_term or previous is None else previous.term_start,
                term_end=term_end,
                lines=lines,
            )
        )
    return tuple(result)


def _contract(entry: dict[str, Any]) -> Contract:
    term_start, term_end = entry["term"]
    silent = entry.get("silent")
    cancellation = entry.get("cancellation")
    concession = entry.get("concession")
    return Contract(
        contract_id=entry["id"],
        schema_version=entry.get("schema_version", 2),
        customer_id=entry["customer"],
        legal_entity_code=entry["entity"],
        currency=entry["currency"],
        signed=entry.get("signed", term_start - timedelta(days=_DAYS_FROM_SIGNATURE_TO_START)),
        term_start=term_start,
        term_end=term_end,
        billing_source=entry.get("billing_source", "billing"),
        billing_frequency=entry["billing"][0],
        billing_timing=entry["billing"][1],
        first_invoice=entry.get("first_invoice"),
        tax_code=entry["tax_code"],
        pays_after_days=entry.get("pays_after_days"),
        overpays_by=entry.get("overpays_by"),
        silent=(silent[0], silent[1]) if silent else None,
        lines=_lines(entry["lines"]),
        amendments=tuple(_amendment(row, term_end) for row in entry.get("amendments", ())),
        cancellation=Cancellation(
            announced=cancellation["announced"],
            effective_date=cancellation["effective"],
            policy=cancellation["policy"],
            access_until=cancellation["access_until"],
        )
        if cancellation
        else None,
        concession=Concession(
            credit_id=concession["id"],
            credit_date=concession["date"],
            contract_line_id=concession["line"],
            net_amount=concession["net_amount"],
        )
        if concession
        else None,
    )


def _amendment(row: dict[str, Any], term_end: date) -> Amendment:
    return Amendment(
        amendment_id=row["id"],
        amendment_type=row["type"],
        timing=row.get("timing", "immediate"),
        announced=row["announced"],
        billed=row.get("billed", row["effective"]),
        effective_date=row["effective"],
        term_end=row.get("term_end", term_end),
        lines=_lines(row["lines"]),
    )


def _lines(rows: list[dict[str, Any]]) -> tuple[Line, ...]:
    return tuple(
        Line(
            contract_line_id=row["id"],
            product_code=row["product"],
            quantity=row.get("quantity"),
            unit_price=row.get("unit_price"),
            price_period=row.get("per"),
            meter_code=row.get("meter"),
            price_id=row.get("price"),
            typical_quantity=Decimal(str(row["typical"])) if "typical" in row else None,
            is_largest=row.get("largest", False),
        )
        for row in rows
    )
