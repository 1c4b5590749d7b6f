"""What Northwind's customers used: shaped like real usage, the same on every machine.

Belongs here: how many records a customer makes on a day, how large they are, when they happen.
Does not: prices, files or faults. Chance is a hash of names: there is no random state anywhere.

The shape: customers differ log-normally, one makes 30 % of all records, weekends are quieter,
some days are silent, some bring a burst within one second.
"""

import hashlib
import math
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from statistics import NormalDist
from zoneinfo import ZoneInfo

from core.spans import naive_utc
from ingestion.demo_company.contract_book import Contract, ContractBook, Line, versions

_RECORDS_PER_DAY = 5.5
_CUSTOMER_SPREAD = 0.55
_QUANTITY_SPREAD = 0.8
_LARGEST_SHARE = 0.30
_SILENT_DAYS = 0.07
_BURST_DAYS = 0.04
_BURST_FACTOR = 4.0
_WEEKEND_FACTOR = 0.5
_SATURDAY = 5
_SECONDS_OF_DAY = 86_400
_DELAY = timedelta(seconds=90)
_NORMAL = NormalDist()


@dataclass(frozen=True, kw_only=True)
class UsageRecord:
    """One measured fact, and the contract line and local day it belongs to."""

    event_id: str
    subject: str
    occurred_at: datetime
    received_at: datetime
    meter_code: str
    quantity: Decimal
    contract_line_id: str
    usage_date: date


def generate_usage(book: ContractBook, time_zones: dict[str, str]) -> list[UsageRecord]:
    """Return every record of the book's window, ordered by time and id."""
    lines = [
        (contract, line) for contract in book.contracts for line in contract.lines if line.is_usage
    ]
    weights = {
        (line.contract_line_id, day): _weight(contract, line, day)
        for contract, line in lines
        for day in _service_days(book, contract)
    }
    largest = {line.contract_line_id for _, line in lines if line.is_largest}
    scale = _scale_of_largest(weights, largest)
    records = []
    for contract, line in lines:
        zone = ZoneInfo(time_zones[contract.legal_entity_code])
        subject = book.customer(contract.customer_id).source_id("metering")
        for day in _service_days(book, contract):
            weight = weights[line.contract_line_id, day]
            weight *= scale if line.contract_line_id in largest else 1.0
            count = int(weight + chance("count", line.contract_line_id, day))
            records += [
                _record(line, subject=subject, day=day, zone=zone, number=number)
                for number in range(count)
            ]
    return sorted(records, key=lambda record: (record.occurred_at, record.event_id))


def chance(*names: object) -> float:
    """Return a number in [0, 1) that depends on the names alone."""
    digest = hashlib.sha256("|".join(map(str, names)).encode()).digest()
    return int.from_bytes(digest[:6], "big") / 2**48


def _service_days(book: ContractBook, contract: Contract) -> Iterator[date]:
    spans = versions(contract)
    day = max(book.usage_first, spans[0].first_day)
    while day <= min(book.usage_last, spans[-1].last_day):
        yield day
        day += timedelta(days=1)


def _weight(contract: Contract, line: Line, day: date) -> float:
    """Return how many records a line makes on a day, on average."""
    if contract.silent and contract.silent[0] <= day <= contract.silent[1]:
        return 0.0
    if chance("silent", line.contract_line_id, day) < _SILENT_DAYS:
        return 0.0
    size = math.exp(_CUSTOMER_SPREAD * _bell("customer", contract.customer_id))
    weight = _RECORDS_PER_DAY * size
    if day.weekday() >= _SATURDAY:
        weight *= _WEEKEND_FACTOR
    return weight * (_BURST_FACTOR if _is_burst(line, day) else 1.0)


def _scale_of_largest(weights: dict[tuple[str, date], float], largest: set[str]) -> float:
    """Return the factor that gives the largest customer its share of all records."""
    own = math.fsum(weight for (line_id, _), weight in weights.items() if line_id in largest)
    others = math.fsum(weights.values()) - own
    return others * _LARGEST_SHARE / (1 - _LARGEST_SHARE) / own


def _record(line: Line, *, subject: str, day: date, zone: ZoneInfo, number: int) -> UsageRecord:
    names = (line.contract_line_id, day, number)
    second = int(chance("second", *names[: 2 if _is_burst(line, day) else 3]) * _SECONDS_OF_DAY)
    local = datetime.combine(day, time(), tzinfo=zone) + timedelta(seconds=second)
    factor = Decimal(f"{math.exp(_QUANTITY_SPREAD * _bell('quantity', *names)):.4f}")
    typical = line.typical_quantity or Decimal(1)
    step = Decimal(1) if typical == typical.to_integral_value() else Decimal("0.001")
    occurred_at = naive_utc(local)
    return UsageRecord(
        event_id=f"use-{line.contract_line_id}-{day:%Y%m%d}-{number:03d}",
        subject=subject,
        occurred_at=occurred_at,
        received_at=occurred_at + _DELAY,
        meter_code=line.meter_code or "",
        quantity=max((typical * factor).quantize(step), step),
        contract_line_id=line.contract_line_id,
        usage_date=day,
    )


def _is_burst(line: Line, day: date) -> bool:
    return chance("burst", line.contract_line_id, day) < _BURST_DAYS


def _bell(*names: object) -> float:
    """Return a normally distributed number that depends on the names alone."""
    return _NORMAL.inv_cdf(min(max(chance("bell", *names), 1e-9), 1 - 1e-9))
