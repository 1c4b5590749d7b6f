"""What a usage file holds, seen through DuckDB: the parts a company must be made for.

Belongs here: reading CSV, JSON lines and Parquet, subjects, sources, meters, the span of time.
Does not: judging rows (ingestion does, when the file lands).
"""

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path

import duckdb

from core.errors import TieoutError

REQUIRED_COLUMNS = ("id", "subject", "time", "meter", "quantity")
OPTIONAL_COLUMNS = ("source", "received_at")
DEFAULT_SOURCE = "metering"
_READERS = {
    ".csv": "read_csv('{path}', header = true, all_varchar = true)",
    ".csv.gz": "read_csv('{path}', header = true, all_varchar = true)",
    ".parquet": "read_parquet('{path}')",
    ".jsonl": "read_json('{path}', format = 'newline_delimited')",
    ".jsonl.gz": "read_json('{path}', format = 'newline_delimited')",
}


class UsageFileError(TieoutError):
    """No company can be made for a usage file."""


@dataclass(frozen=True, kw_only=True)
class Meter:
    """A meter, and how much of it a subject uses in a month on average."""

    meter_code: str
    monthly_quantity: Decimal


@dataclass(frozen=True, kw_only=True)
class UsageFile:
    """The subjects, meters and span of a usage file."""

    path: Path
    columns: tuple[str, ...]
    references: tuple[tuple[str, str], ...]
    meters: tuple[Meter, ...]
    first_at: datetime
    last_at: datetime

    @property
    def subjects(self) -> tuple[str, ...]:
        """The customers' own ids, each once, in order."""
        return tuple(sorted({subject for _, subject in self.references}))

    @property
    def valid_from(self) -> str:
        """The day from which everything around the usage holds: the start of its first year."""
        return f"{self.first_at:%Y}-01-01"

    @property
    def sources(self) -> tuple[str, ...]:
        """The sources the rows name, in order."""
        return tuple(sorted({source for source, _ in self.references}))


def relation(path: Path) -> str:
    """Return the SQL that reads a usage file as a table.

    Raises:
        UsageFileError: the file is missing or of no format that ingestion reads.
    """
    if not path.is_file():
        raise UsageFileError(f"There is no usage file {path}. Check the path after --usage.")
    for suffix in sorted(_READERS, key=len, reverse=True):
        if path.name.endswith(suffix):
            return _READERS[suffix].format(path=str(path).replace("'", "''"))
    raise UsageFileError(
        f"{path.name} ends in none of {', '.join(_READERS)}. Convert the file to one of them."
    )


def read_usage_file(path: Path) -> UsageFile:
    """Look through a usage file in one pass.

    Raises:
        UsageFileError: a column is missing, or no row has a time and a quantity.
    """
    source = relation(path)
    with duckdb.connect() as connection:
        connection.execute("set timezone = 'UTC'")
        columns = tuple(row[0] for row in connection.execute(f"describe from {source}").fetchall())
        if missing := [name for name in REQUIRED_COLUMNS if name not in columns]:
            raise UsageFileError(
                f"{path.name} has no column {', '.join(missing)}; it has {', '.join(columns)}. "
                f"A usage file needs {', '.join(REQUIRED_COLUMNS)} (source is optional)."
            )
        source_name = "source" if "source" in columns else f"'{DEFAULT_SOURCE}'"
        connection.execute(
            f"""
            create temp table facts as
            select
                coalesce(cast({source_name} as varchar), '{DEFAULT_SOURCE}') as source,
                cast(subject as varchar) as subject,
                cast(meter as varchar) as meter,
                date_trunc('month', cast(try_cast(time as timestamptz) as timestamp)) as month,
                min(cast(try_cast(time as timestamptz) as timestamp)) as first_at,
                max(cast(try_cast(time as timestamptz) as timestamp)) as last_at,
                sum(try_cast(quantity as decimal(17, 6))) as quantity
            from {source}
            where
                subject is not null
                and meter is not null
                and try_cast(time as timestamptz) is not null
            group by all
            """
        )
        first_at, last_at = connection.execute(
            "select min(first_at), max(last_at) from facts"
        ).fetchall()[0]
        if first_at is None:
            raise UsageFileError(f"No row of {path.name} has a subject, a meter and a time.")
        references = connection.execute(
            "select distinct source, subject from facts order by source, subject"
        ).fetchall()
        meters = connection.execute(
            "select meter, sum(quantity), count(distinct (subject, month)) from facts "
            "group by meter order by meter"
        ).fetchall()
    return UsageFile(
        path=path,
        columns=columns,
        references=tuple(references),
        meters=tuple(
            Meter(meter_code=meter, monthly_quantity=(quantity or Decimal(0)) / months)
            for meter, quantity, months in meters
        ),
        first_at=first_at,
        last_at=last_at,
    )
