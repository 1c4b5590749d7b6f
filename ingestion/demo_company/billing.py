"""What Northwind's billing system issues for the contract book: invoices, credits, payments.

Belongs here: when a document is due, its lines and amounts, what has been paid.
Does not: the shape of events (billing_events.py) or what is broken on purpose (faults.py).
"""

from collections import deque
from collections.abc import Iterator, Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from itertools import pairwise

from core.money import to_minor
from ingestion.demo_company import arithmetic
from ingestion.demo_company.arithmetic import Price
from ingestion.demo_company.contract_book import Contract, Line, Version, versions
from ingestion.demo_company.documents import Credit, Invoice, InvoiceLine, Payment
from ingestion.demo_company.usage_quantities import UsageQuantity

_ONE_DAY = timedelta(days=1)
_USAGE_BILLING_DAY = 3

UsageByLine = Mapping[str, Sequence[UsageQuantity]]


class BillingSystem:
    """Issues the documents of contracts up to a day."""

    def __init__(
        self, prices: Mapping[str, Price], tax_rates: Mapping[str, Decimal], through: date
    ) -> None:
        self._prices = prices
        self._tax_rates = tax_rates
        self._through = through

    def invoices(self, contract: Contract, used: UsageByLine) -> list[Invoice]:
        """Return the invoices of a contract in the order of their dates, numbered."""
        drafts = [
            *self._fixed_invoices(contract),
            *self._amendment_invoices(contract),
            *self._usage_invoices(contract, used),
        ]
        drafts = [(day, lines) for day, lines in drafts if day <= self._through and lines]
        drafts.sort(key=lambda draft: (draft[0], draft[1][0].line_kind))
        number = contract.contract_id.removeprefix("CT-")
        return [
            Invoice(
                invoice_id=f"INV-{number}-{index:02d}",
                contract=contract,
                invoice_date=day,
                lines=tuple(lines),
            )
            for index, (day, lines) in enumerate(drafts, start=1)
        ]

    def credits(self, contract: Contract, invoices: Sequence[Invoice]) -> list[Credit]:
        """Return the concession and the credit for service cancelled, if there are any."""
        result = []
        if contract.concession:
            concession = contract.concession
            invoice, number = next(
                (invoice, number)
                for invoice in invoices
                for number, line in enumerate(invoice.lines, start=1)
                if line.contract_line_id == concession.contract_line_id
            )
            net_minor = to_minor(concession.net_amount, contract.currency)
            result.append(
                Credit(
                    credit_id=concession.credit_id,
                    invoice=invoice,
                    credit_date=concession.credit_date,
                    line_number=number,
                    basis="concession",
                    net_minor=net_minor,
                    tax_minor=self._tax(contract, net_minor),
                )
            )
        if contract.cancellation and contract.cancellation.policy == "immediate_credit":
            result += self._cancellation_credits(contract, invoices)
        return result

    def payments(self, contract: Contract, invoices: Sequence[Invoice]) -> list[Payment]:
        """Return what the customer has paid, each invoice in one sum."""
        if contract.pays_after_days is None:
            return []
        extra = to_minor(contract.overpays_by or "0", contract.currency)
        return [
            Payment(
                payment_id=invoice.invoice_id.replace("INV", "PAY"),
                invoice=invoice,
                amount_minor=invoice.total_minor + (extra if index == 0 else 0),
                paid_date=paid_date,
            )
            for index, invoice in enumerate(invoices)
            if (paid_date := invoice.invoice_date + timedelta(days=contract.pays_after_days))
            <= self._through
        ]

    def _fixed_invoices(self, contract: Contract) -> Iterator[tuple[date, list[InvoiceLine]]]:
        for version in versions(contract):
            for number, count, first, last in _billing_periods(contract, version):
                if not version.first_day <= first <= version.last_day:
                    continue
                due = first if contract.billing_timing == "advance" else last + _ONE_DAY
                yield (
                    max(due, contract.first_invoice or due),
                    [
                        self._line(contract, line, first, last, amount)
                        for line in version.lines
                        if not line.is_usage
                        and (
                            amount := arithmetic.instalment(
                                _term_price(contract, version, line), number, count
                            )
                        )
                    ],
                )

    def _amendment_invoices(self, contract: Contract) -> Iterator[tuple[date, list[InvoiceLine]]]:
        """Charge the difference an amendment makes to the billing period it falls into."""
        billed = {amendment.effective_date: amendment.billed for amendment in contract.amendments}
        spans = versions(contract)
        for before, after in pairwise(spans):
            if after.term_start == after.first_day:
                continue  # a renewal is billed like any other term
            total = arithmetic.days_between(after.term_start, after.term_end)
            period_end = next(
                last
                for _, _, first, last in _billing_periods(contract, after)
                if first <= after.first_day <= last
            )
            days = arithmetic.days_between(after.first_day, period_end)
            old = {line.contract_line_id: line for line in before.lines}
            lines = []
            for line in after.lines:
                if line.is_usage:
                    continue
                price = arithmetic.share_of_days(_term_price(contract, after, line), days, total)
                if line.contract_line_id in old:
                    replaced = _term_price(contract, before, old[line.contract_line_id])
                    price -= arithmetic.share_of_days(replaced, days, total)
                if price:
                    lines.append(self._line(contract, line, after.first_day, period_end, price))
            yield billed[after.first_day], lines

    def _usage_invoices(
        self, contract: Contract, used: UsageByLine
    ) -> Iterator[tuple[date, list[InvoiceLine]]]:
        """Bill each month's use on the third of the next one, with what came late before it."""
        meters = [
            _Meter(self._prices[line.price_id], line, span, used.get(line.contract_line_id, ()))
            for version in versions(contract)
            for span in arithmetic.month_segments(version.first_day, version.last_day)
            for line in version.lines
            if line.price_id is not None
        ]
        for run in _usage_runs(contract, self._through):
            yield (
                run,
                [
                    self._line(contract, meter.line, *meter.span, open_minor)
                    for meter in meters
                    if meter.span[1] < run.replace(day=1) and (open_minor := meter.read(run))
                ],
            )

    def _cancellation_credits(
        self, contract: Contract, invoices: Sequence[Invoice]
    ) -> Iterator[Credit]:
        cancellation = contract.cancellation
        if cancellation is None:
            return
        suffix = contract.contract_id.removeprefix("CT-")
        for invoice in invoices:
            for number, line in enumerate(invoice.lines, start=1):
                if line.line_kind != "fixed" or line.service_end < cancellation.effective_date:
                    continue
                used = arithmetic.share_of_days(
                    line.net_minor,
                    arithmetic.days_between(line.service_start, cancellation.access_until),
                    arithmetic.days_between(line.service_start, line.service_end),
                )
                yield Credit(
                    credit_id=f"CM-{suffix}-{number}",
                    invoice=invoice,
                    credit_date=cancellation.effective_date,
                    line_number=number,
                    basis="modification",
                    net_minor=line.net_minor - used,
                    tax_minor=self._tax(contract, line.net_minor - used),
                )

    def _line(
        self, contract: Contract, line: Line, first: date, last: date, net_minor: int
    ) -> InvoiceLine:
        if net_minor < 0:
            raise ValueError(f"{line.contract_line_id}: the contract book has no negative lines.")
        return InvoiceLine(
            contract_line_id=line.contract_line_id,
            product_code=line.product_code,
            line_kind="usage" if line.is_usage else "fixed",
            service_start=first,
            service_end=last,
            net_minor=net_minor,
            tax_minor=self._tax(contract, net_minor),
        )

    def _tax(self, contract: Contract, net_minor: int) -> int:
        return arithmetic.round_half_up(Fraction(self._tax_rates[contract.tax_code]) * net_minor)


class _Meter:
    """What a line's use of one span comes to, and how much of it is billed."""

    def __init__(
        self,
        price: Price,
        line: Line,
        span: tuple[date, date],
        used: Sequence[UsageQuantity],
    ) -> None:
        self.line = line
        self.span = span
        self._price = price
        self._waiting = deque(u for u in used if span[0] <= u.usage_date <= span[1])
        self._quantity = Decimal(0)
        self._billed_minor = 0

    def read(self, run: date) -> int:
        """Return what is still to be billed for all that was received before a day."""
        while self._waiting and self._waiting[0].received_on < run:
            self._quantity += self._waiting.popleft().quantity
        charge_minor = arithmetic.charge(self._price, self._quantity)
        open_minor, self._billed_minor = charge_minor - self._billed_minor, charge_minor
        return open_minor


def _billing_periods(contract: Contract, version: Version) -> Iterator[tuple[int, int, date, date]]:
    """Yield number, count, first and last day of the billing periods of a version's term."""
    step = arithmetic.MONTHS_OF[contract.billing_frequency]
    count = arithmetic.term_months(version.term_start, version.term_end) // step
    for number in range(count):
        first = arithmetic.add_months(version.term_start, number * step)
        following = arithmetic.add_months(version.term_start, (number + 1) * step)
        yield number, count, first, following - _ONE_DAY


def _term_price(contract: Contract, version: Version, line: Line) -> int:
    if line.quantity is None or line.unit_price is None or line.price_period is None:
        raise ValueError(f"{line.contract_line_id} has no fixed price.")
    return arithmetic.term_price(
        quantity=line.quantity,
        unit_price=line.unit_price,
        price_period=line.price_period,
        months=arithmetic.term_months(version.term_start, version.term_end),
        currency=contract.currency,
    )


def _usage_runs(contract: Contract, through: date) -> Iterator[date]:
    run = arithmetic.add_months(contract.term_start.replace(day=_USAGE_BILLING_DAY), 1)
    while run <= through:
        yield max(run, contract.first_invoice or run)
        run = arithmetic.add_months(run, 1)
