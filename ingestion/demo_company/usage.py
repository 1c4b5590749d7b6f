"""What customers used: shaped like real usage, the same on every machine.

Belongs here: how many records a customer makes on a day, how large they are, when they happen.
Does not: how much it is for each line and day (usage_quantities), prices, files or faults.

Chance is a hash of names: there is no random state anywhere, and no float, so that another machine
comes to the same records.

The shape: customers differ log-normally, one makes 30 % of all records, weekends are quieter,
some days are silent, some bring a burst within one second.
"""

from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal

import duckdb
import pyarrow as pa

from ingestion.demo_company.contract_book import ContractBook, Line, versions

# A thousand times what each fortieth of a log-normal population (median 1, sigma 0.8) comes to.
# fmt: off
_LOG_NORMAL = (
    166, 241, 293, 338, 379, 418, 455, 492, 528, 565, 601, 639, 676, 715, 755, 796, 838, 882, 927,
    975, 1025, 1078, 1134, 1194, 1257, 1325, 1399, 1478, 1566, 1663, 1771, 1893, 2033, 2198, 2395,
    2640, 2960, 3412, 4155, 6008,
)
# fmt: on
_SHAPE = {
    "largest_percent": 30,
    "silent_percent": 7,
    "burst_percent": 4,
    "burst_factor": 4,
    "weekend_divisor": 2,
    "delay_seconds": 90,
    "size_steps": len(_LOG_NORMAL),
}
_MICRO = 10**6
_TABLES = """
create macro chance(names, size) as cast(md5_number_lower(names) % size as bigint);
create macro log_normal(names) as (list_value({log_normal}))[1 + chance(names, {size_steps})];
create table usage_records (
    event_id varchar,
    subject varchar,
    occurred_at timestamp,
    received_at timestamp,
    meter_code varchar,
    quantity decimal(17, 6),
    contract_line_id varchar,
    usage_date date,
    supersedes varchar,
    cancels varchar,
    correction_reason varchar
)
"""
_RECORDS = """
insert into usage_records by name
with line_days as (

    select
        metered_lines.*,
        cast(days.day as date) as usage_date,
        contract_line_id || '|' || cast(cast(days.day as date) as varchar) as names,
        chance('burst|' || names, 100) < {burst_percent} as is_burst
    from metered_lines
    cross join generate_series(first_day, last_day, interval 1 day) as days (day)

),

weights as (

    select
        *,
        case
            when usage_date between silent_first and silent_last then 0
            when chance('silent|' || names, 100) < {silent_percent} then 0
            else
                records_per_day * log_normal('customer|' || subject)
                * (case when is_burst then {burst_factor} else 1 end)
                // (case when isodow(usage_date) > 5 then {weekend_divisor} else 1 end)
        end as weight
    from line_days

),

totals as (

    select
        sum(weight) filter (where is_largest) as largest,
        sum(weight) filter (where not is_largest) as others
    from weights

),

counted as (

    select
        weights.*,
        case
            when is_largest then
                weight * totals.others * {largest_percent}
                // ((100 - {largest_percent}) * totals.largest)
            else weight
        end as scaled,
        cast((scaled + chance('count|' || names, 1000)) // 1000 as bigint) as record_count
    from weights
    cross join totals

),

numbered as (

    select
        *,
        unnest(range(record_count)) as number,
        names || '|' || cast(number as varchar) as record_names
    from counted

),

measured as (

    select
        *,
        timezone('UTC', timezone(time_zone, usage_date + to_seconds(
            chance('second|' || (case when is_burst then names else record_names end), 86400)
        ))) as occurred_at,
        typical_micro * log_normal('quantity|' || record_names) // 1000 as drawn_micro,
        greatest(drawn_micro // step_micro, 1) * step_micro as quantity_micro
    from numbered

)

select
    'use-' || contract_line_id || '-' || strftime(usage_date, '%Y%m%d')
        || format('-{{:03d}}', number) as event_id,
    subject,
    occurred_at,
    occurred_at + to_seconds({delay_seconds}) as received_at,
    meter_code,
    cast(quantity_micro * cast(0.000001 as decimal(6, 6)) as decimal(17, 6)) as quantity,
    contract_line_id,
    usage_date
from measured
"""


@dataclass(frozen=True, kw_only=True)
class UsageRecord:
    """One measured fact, and the contract line and local day it belongs to.

    Attributes:
        supersedes: the id of a record in whose place this one stands.
        cancels: the id of a record that counts no more; this one then measures nothing.
        correction_reason: why, of either.
    """

    event_id: str
    subject: str
    occurred_at: datetime
    received_at: datetime
    meter_code: str
    quantity: Decimal
    contract_line_id: str
    usage_date: date
    supersedes: str | None = None
    cancels: str | None = None
    correction_reason: str | None = None


def open_usage() -> duckdb.DuckDBPyConnection:
    """Return a database with an empty table `usage_records`."""
    connection = duckdb.connect()
    connection.execute("set timezone = 'UTC'")
    log_normal = ", ".join(map(str, _LOG_NORMAL))
    connection.execute(_TABLES.format(log_normal=log_normal, **_SHAPE))
    return connection


def add_usage(
    usage: duckdb.DuckDBPyConnection,
    book: ContractBook,
    time_zones: Mapping[str, str],
    records_per_day: int,
) -> None:
    """Add every record of a book's window.

    Args:
        usage: what `open_usage` returned.
        book: whose metered lines are used; a line that is the largest makes 30 % of its records.
        time_zones: the zone of each legal entity, which says when its days begin.
        records_per_day: how many records a line of the median customer makes on a weekday.
    """
    lines = list(_metered_lines(book, time_zones, records_per_day))
    if lines:
        usage.register("metered_lines", pa.Table.from_pylist(lines))
        usage.execute(_RECORDS.format(**_SHAPE))
        usage.unregister("metered_lines")


def add_records(usage: duckdb.DuckDBPyConnection, records: list[UsageRecord]) -> None:
    """Add single records."""
    usage.register("added", pa.Table.from_pylist([asdict(record) for record in records]))
    usage.execute("insert into usage_records by name from added")
    usage.unregister("added")


def send_another_quantity(
    usage: duckdb.DuckDBPyConnection, record: UsageRecord, quantity: Decimal
) -> None:
    """Let a record say another quantity than was used."""
    usage.execute(
        "update usage_records set quantity = ? where event_id = ?", [quantity, record.event_id]
    )


def records_of(
    usage: duckdb.DuckDBPyConnection, contract_line_id: str, month: date
) -> list[UsageRecord]:
    """Return the records of one line and month, ordered by time and id."""
    rows = usage.execute(
        """
        from usage_records
        where contract_line_id = ? and date_trunc('month', usage_date) = ?
        order by occurred_at, event_id
        """,
        [contract_line_id, month],
    )
    names = [column[0] for column in rows.description or ()]
    return [UsageRecord(**dict(zip(names, values, strict=True))) for values in rows.fetchall()]


def _metered_lines(
    book: ContractBook, time_zones: Mapping[str, str], records_per_day: int
) -> Iterator[dict[str, object]]:
    for contract in book.contracts:
        spans = versions(contract)
        first_day = max(book.usage_first, spans[0].first_day)
        last_day = min(book.usage_last, spans[-1].last_day)
        for line in contract.lines:
            if line.is_usage and first_day <= last_day:
                yield {
                    "contract_line_id": line.contract_line_id,
                    "subject": book.customer(contract.customer_id).source_id("metering"),
                    "meter_code": line.meter_code,
                    "time_zone": time_zones[contract.legal_entity_code],
                    "first_day": first_day,
                    "last_day": last_day,
                    "silent_first": contract.silent[0] if contract.silent else None,
                    "silent_last": contract.silent[1] if contract.silent else None,
                    "is_largest": line.is_largest,
                    "records_per_day": records_per_day,
                    **_typical_quantity(line),
                }


def _typical_quantity(line: Line) -> dict[str, int]:
    """Return the median of a line's records and what they are multiples of, in millionths."""
    typical = line.typical_quantity or Decimal(1)
    is_whole = typical == typical.to_integral_value()
    return {
        "typical_micro": int(typical * _MICRO),
        "step_micro": _MICRO if is_whole else _MICRO // 1000,
    }
