"""The cases: folders with what is given and what must come out, as an accountant wrote them.

Belongs here: reading a folder: settings, events as envelopes, usage, reference rows, expectations.
Does not: the company made of all cases (company_of_cases), or running anything.

`given/events.yaml` is a list of events as a person tells them. Each has a `type`, a `date` and the
fields of the canonical event; what follows from the case (legal entity, customer, totals of the
lines, due date) may be left out. `stage: 2` arrives after the books of stage 1 were sealed and
`closed_through` of `given/case.yaml` was closed; `source` is billing unless it says another. The
books of the stages are kept as of the dates in `stages` of `given/case.yaml`; without any, long
after the case has run its course.
"""

import csv
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any, Self

import yaml

CASES = Path(__file__).parent
# Long after every case has run its course.
_STAGES = ("2027-02-02", "2027-02-03")
_OF_CUSTOMERS = (
    "subscription.created",
    "renewal",
    "invoice",
    "credit",
    "payment",
    "refund",
    "dispute",
    "support",
)
_VERSIONS = {"subscription.created": 2}
_SUBJECTS = {
    "subscription": "contract_id",
    "renewal": "renewal_id",
    "invoice": "invoice_id",
    "credit": "credit_id",
    "payment": "payment_id",
    "prepaid_credit": "grant_id",
    "refund": "refund_id",
    "dispute": "dispute_id",
    "support": "request_id",
    "tax": "calculation_id",
    "adjustment": "adjustment_id",
    "invoice.written_off": "write_off_id",
}
_DATES = {
    "payment.succeeded": "paid_date",
    "payment.failed": "failed_date",
    "invoice.voided": "void_date",
    "refund.issued": "refund_date",
    "dispute.opened": "opened_date",
    "dispute.won": "verdict_date",
    "dispute.lost": "verdict_date",
    "invoice.written_off": "write_off_date",
}

Row = dict[str, Any]


@dataclass(frozen=True, slots=False, kw_only=True)
class Case:
    """One folder: what is given and what must come out, for one of its legal entities."""

    folder: Path
    entity: str = ""

    @property
    def name(self) -> str:
        """Return the name of the folder."""
        return self.folder.name

    @property
    def legal_entity(self) -> str:
        """Return the code of the company that books this case and nothing else."""
        return "-".join(part for part in (self.name.upper(), self.entity) if part)

    def by_entity(self) -> list[Self]:
        """Return the case once for each of its legal entities; most have one, without a name."""
        return [replace(self, entity=entity) for entity in self.settings.get("entities", [""])]

    @property
    def customers(self) -> list[str]:
        """Return the ids of the case's customers; most have one, without a name."""
        return [self._customer(name) for name in self.settings.get("customers", [""])]

    def _customer(self, name: str) -> str:
        """Return the id of a customer, in every source and in the company."""
        return "-".join(part for part in ("cus", self.name, name) if part)

    @property
    def title(self) -> str:
        """Return the first line of case.md, a heading."""
        return self._told.partition("\n")[0]

    @property
    def story(self) -> str:
        """Return case.md without its heading."""
        return self._told.partition("\n")[2].strip()

    @cached_property
    def _told(self) -> str:
        return (self.folder / "case.md").read_text(encoding="utf-8")

    @cached_property
    def settings(self) -> Row:
        """Return functional currency, currency and the month closed before stage 2."""
        return yaml.safe_load((self.folder / "given" / "case.yaml").read_text(encoding="utf-8"))

    @property
    def stages(self) -> tuple[date, ...]:
        """Return the days the books are kept as of, one after the other."""
        return tuple(date.fromisoformat(str(day)) for day in self.settings.get("stages", _STAGES))

    def events(self) -> list[Row]:
        """Return the events of the case as envelopes, each with its stage."""
        told = yaml.safe_load((self.folder / "given" / "events.yaml").read_text(encoding="utf-8"))
        return [self._envelope(number, event) for number, event in enumerate(told, start=1)]

    def usage(self, stage: int) -> list[Row]:
        """Return the usage rows of a stage, as a metering system writes them."""
        path = self.folder / "given" / "usage.csv"
        rows = read_rows(path) if path.exists() else []
        return [
            {"subject": self._customer(row.get("customer", ""))}
            | {name: row[name] for name in row if name not in {"stage", "customer"}}
            for row in rows
            if int(row["stage"]) == stage
        ]

    def reference(self, table: str) -> list[Row]:
        """Return the rows of a reference table that the case gives."""
        path = self.folder / "given" / "reference" / f"{table}.csv"
        return read_rows(path) if path.exists() else []

    def expected(self, name: str) -> list[Row] | None:
        """Return the rows of an expectation, or nothing when the case has none of that name."""
        path = self.folder / "expect" / self.entity / f"{name}.csv"
        return read_rows(path) if path.exists() else None

    def _envelope(self, number: int, event: Row) -> Row:
        data = {key: _text(value) for key, value in event.items()}
        kind = data.pop("type")
        day = data.pop("date")
        stage = int(data.pop("stage", "1"))
        source = data.pop("source", "billing")
        entity = data.pop("entity", self.entity)
        customer = self._customer(data.pop("customer", ""))
        if kind.startswith(_OF_CUSTOMERS):
            data |= {
                "customer_id": customer,
                "legal_entity_code": replace(self, entity=entity).legal_entity,
                "currency": data.get("currency", self.settings["currency"]),
            }
        if kind == "subscription.created":
            data.setdefault("subscription_id", data["contract_id"])
        if kind == "adjustment.posted":
            data |= {"legal_entity_code": self.legal_entity, "currency": self.settings["currency"]}
        if kind in {"invoice.finalized", "credit.issued"}:
            _complete_document(data, kind, day)
        if kind in _DATES:
            data[_DATES[kind]] = day
        subject = data[_SUBJECTS.get(kind, _SUBJECTS[kind.split(".")[0]])]
        return {
            "stage": stage,
            "specversion": "1.0",
            "id": f"{self.name}-{number}",
            "source": source,
            "type": kind,
            "subject": subject,
            "time": f"{day}T12:00:00Z",
            "dataschema": f"tieout:{kind}:{_VERSIONS.get(kind, 1)}",
            "correlationid": self.name,
            "data": data,
        }


def all_cases() -> list[Case]:
    """Return every case, by name."""
    return [Case(folder=path.parent) for path in sorted(CASES.glob("*/case.md"))]


def read_rows(path: Path) -> list[Row]:
    """Return the rows of a CSV file as text."""
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _complete_document(data: Row, kind: str, day: str) -> None:
    """Fill in what a person telling the story leaves out: totals, dates, numbers of lines."""
    for line in data["lines"]:
        line.setdefault("tax_amount", "0.00")
    tax = sum(Decimal(line["tax_amount"]) for line in data["lines"])
    net = sum(Decimal(line["net_amount"]) for line in data["lines"])
    data.setdefault("tax_amount", str(tax))
    data.setdefault("total_amount", str(net + tax))
    if kind == "invoice.finalized":
        data.setdefault("invoice_date", day)
        data.setdefault("due_date", data["invoice_date"])
    else:
        data.setdefault("credit_date", day)


def _text(value: object) -> Any:  # YAML holds anything
    """Return a YAML value with every date and number as text."""
    if isinstance(value, list):
        return [_text(item) for item in value]
    if isinstance(value, dict):
        return {key: _text(item) for key, item in value.items()}
    return str(value)
