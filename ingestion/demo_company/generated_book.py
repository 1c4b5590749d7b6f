"""Contracts made up by the hundred, around those that people wrote: the company's other customers.

Belongs here: drawing who buys what, in which currency, from when, and what changes it.
Does not: what is drawn from (`book/generated.yaml`), contracts with a story or a fault
(`book/contracts.yaml`), documents or events.
"""

from collections.abc import Mapping
from dataclasses import replace
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import yaml

from ingestion.demo_company.arithmetic import add_months, days_between, term_months
from ingestion.demo_company.chance import choose, draw
from ingestion.demo_company.contract_book import (
    BOOK,
    Amendment,
    Cancellation,
    Concession,
    Contract,
    ContractBook,
    Customer,
    Line,
)

LARGEST_LINE = "CT-10001-2"
_FIRST_NUMBER = 10_001
_MARGIN_DAYS = 20
_ONE_DAY = timedelta(days=1)

Population = Mapping[str, Any]


def read_population() -> Population:
    """Read what contracts are drawn from."""
    return yaml.safe_load((BOOK / "generated.yaml").read_text(encoding="utf-8"))


def generate_contract_book(population: Population, scale: int) -> ContractBook:
    """Return the book of `scale` times the population's customers, each with one contract."""
    count = scale * population["contracts"]
    sales = [_Sale(population, number) for number in range(_FIRST_NUMBER, _FIRST_NUMBER + count)]
    return ContractBook(
        customers=tuple(sale.customer() for sale in sales),
        contracts=tuple(sale.contract() for sale in sales),
        usage_first=population["usage_window"]["first"],
        usage_last=population["usage_window"]["last"],
    )


class _Sale:
    """One customer and what it bought; everything is drawn by its number."""

    def __init__(self, population: Population, number: int) -> None:
        self._population = population
        self._number = number
        self._contract_id = f"CT-{number}"
        self._last_day: date = population["usage_window"]["last"]
        self._is_largest = number == _FIRST_NUMBER
        self._market = population["markets"][0] if self._is_largest else self._choose("markets")

    def customer(self) -> Customer:
        """Return who buys."""
        first, second = (
            names[self._draw(len(names), "name", part)]
            for part, names in enumerate(self._population["names"])
        )
        return Customer(
            customer_id=f"C-{self._number}",
            name=f"{first} {second}",
            country=self._market["country"],
            key=f"{first.lower()}-{self._number}",
        )

    def contract(self) -> Contract:
        """Return what was agreed, with everything that changed it."""
        contract = self._first_term()
        if self._happens("cancelled"):
            return self._cancelled(contract)
        return self._conceded(self._renewed(self._changed(contract)))

    def _draw(self, size: int, *names: object) -> int:
        return draw(size, *names, self._number)

    def _choose(self, name: str) -> Mapping[str, Any]:
        return choose(self._population[name], name, self._number)

    def _happens(self, name: str, *names: object) -> bool:
        """Say whether something happens that only ordinary customers do."""
        per_hundred = self._population["per_hundred"][name]
        return not self._is_largest and self._draw(100, name, *names) < per_hundred

    def _first_term(self) -> Contract:
        term = self._choose("terms")
        months = self._population["months_of_first_terms"]
        latest = 1 + self._draw(months, "latest begin")
        begin = 0 if self._is_largest else self._draw(latest, "begin")
        first_day: date = self._population["usage_window"]["first"]
        term_start = add_months(first_day, begin)
        if self._happens("in_mid_month"):
            term_start = term_start.replace(day=15)
        silent_day = term_start + timedelta(days=self._draw(200, "silent day"))
        pays = self._is_largest or self._happens("paid")
        return Contract(
            contract_id=self._contract_id,
            schema_version=2,
            customer_id=f"C-{self._number}",
            legal_entity_code=self._market["entity"],
            currency=self._market["currency"],
            signed=term_start - timedelta(days=5 + self._draw(25, "signed")),
            term_start=term_start,
            term_end=add_months(term_start, 12 if self._is_largest else term["months"]) - _ONE_DAY,
            billing_source="billing",
            billing_frequency="monthly" if self._is_largest else term["billing_frequency"],
            billing_timing="arrears" if self._happens("arrears") else "advance",
            first_invoice=None,
            tax_code=self._market["tax_code"],
            pays_after_days=5 + self._draw(40, "pays after") if pays else None,
            overpays_by=None,
            silent=(silent_day, silent_day + timedelta(days=9))
            if self._happens("silent")
            else None,
            lines=self._lines(),
            amendments=(),
            cancellation=None,
            concession=None,
        )

    def _lines(self) -> tuple[Line, ...]:
        discount = self._draw(16, "discount")
        seats = _fixed_line(
            f"{self._contract_id}-1",
            self._choose("plans")["product"],
            quantity=5 + self._draw(60, "seats") * (1 + self._draw(5, "size")),
            unit_price=self._market["seat_price"] * (100 - discount) // 100,
        )
        if not (self._is_largest or self._happens("metered")):
            return (seats,)
        meters = self._population["meters"][self._market["currency"]]
        meter = meters[0 if self._is_largest else self._draw(len(meters), "meter")]
        metered = Line(
            contract_line_id=f"{self._contract_id}-2",
            product_code=meter["product"],
            quantity=None,
            unit_price=None,
            price_period=None,
            meter_code=meter["meter"],
            price_id=meter["price"],
            typical_quantity=Decimal(meter["typical"]),
            is_largest=self._is_largest,
        )
        return (seats, metered)

    def _changed(self, contract: Contract) -> Contract:
        """Change some contracts within their first term; everybody buys more."""
        kind = self._choose("changes")["type"]
        day = self._day_within(contract, "changed")
        if kind == "none" or day is None:
            return contract
        seats, *others = contract.lines
        quantity, unit_price = int(seats.quantity or 0), int(seats.unit_price or 0)
        if kind == "seat_change":
            more = 1 + self._draw(quantity // 3 + 1, "more seats")
            lines = [replace(seats, quantity=quantity + more), *others]
        elif kind == "upgrade":
            price = str(unit_price * 13 // 10)
            lines = [replace(seats, product_code="PLATFORM-PRO", unit_price=price), *others]
        else:
            support = _fixed_line(
                f"{self._contract_id}-3",
                "SUPPORT",
                quantity=1,
                unit_price=self._market["support_price"],
            )
            lines = [*contract.lines, support]
        change = Amendment(
            amendment_id=f"AM-{self._number}-A",
            amendment_type=kind,
            timing="immediate",
            announced=day - timedelta(days=self._draw(4, "announced")),
            billed=day,
            effective_date=day,
            term_end=contract.term_end,
            lines=tuple(lines),
        )
        return replace(contract, amendments=(change,))

    def _renewed(self, contract: Contract) -> Contract:
        """Renew what runs out, most of the time with other seats; the others just end."""
        months = term_months(contract.term_start, contract.term_end)
        amendments = list(contract.amendments)
        term_end = contract.term_end
        while term_end < self._last_day and (
            self._is_largest or self._happens("renewed", term_end)
        ):
            seats, *others = amendments[-1].lines if amendments else contract.lines
            percent = 90 + self._draw(31, "renewal", term_end)
            quantity = max((seats.quantity or 0) * percent // 100, 1)
            begin = term_end + _ONE_DAY
            term_end = add_months(begin, months) - _ONE_DAY
            amendments.append(
                Amendment(
                    amendment_id=f"AM-{self._number}-R{len(amendments) + 1}",
                    amendment_type="renewal",
                    timing="at_renewal",
                    announced=begin - timedelta(days=12 + self._draw(15, "announced", begin)),
                    billed=begin,
                    effective_date=begin,
                    term_end=term_end,
                    lines=(replace(seats, quantity=quantity), *others),
                )
            )
        return replace(contract, amendments=tuple(amendments))

    def _cancelled(self, contract: Contract) -> Contract:
        policy = self._choose("cancellations")["policy"]
        day = self._day_within(contract, "cancelled on")
        if policy == "at_period_end":
            day = contract.term_end + _ONE_DAY if contract.term_end < self._last_day else None
        is_paid_at_once = contract.billing_frequency == "annual"
        if day is None or (policy == "immediate_credit" and not is_paid_at_once):
            return contract
        return replace(
            contract,
            billing_timing="advance",
            cancellation=Cancellation(
                announced=day - timedelta(days=1 + self._draw(5, "notice")),
                effective_date=day,
                policy=policy,
                access_until=day - _ONE_DAY,
            ),
        )

    def _conceded(self, contract: Contract) -> Contract:
        """Give a few customers some of a month of seats back, for a bad week."""
        day = contract.term_start + timedelta(days=35 + self._draw(40, "conceded on"))
        seats = contract.lines[0]
        is_over = day > min(contract.service_end, self._last_day)
        if is_over or contract.billing_timing != "advance" or not self._happens("conceded"):
            return contract
        net_amount = (seats.quantity or 0) * int(seats.unit_price or 0) // 240
        return replace(
            contract,
            concession=Concession(
                credit_id=f"CM-{self._number}-A",
                credit_date=day,
                contract_line_id=seats.contract_line_id,
                net_amount=str(max(net_amount, 1)),
            ),
        )

    def _day_within(self, contract: Contract, *names: object) -> date | None:
        """Return a day well inside the first term and the past, or None when there is none."""
        first = contract.term_start + timedelta(days=_MARGIN_DAYS)
        last = min(contract.term_end, self._last_day) - timedelta(days=_MARGIN_DAYS)
        if first > last:
            return None
        return first + timedelta(days=self._draw(days_between(first, last), *names))


def _fixed_line(line_id: str, product_code: str, *, quantity: int, unit_price: int) -> Line:
    return Line(
        contract_line_id=line_id,
        product_code=product_code,
        quantity=quantity,
        unit_price=str(unit_price),
        price_period="year",
        meter_code=None,
        price_id=None,
        typical_quantity=None,
        is_largest=False,
    )
