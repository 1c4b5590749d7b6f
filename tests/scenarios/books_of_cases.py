"""The books of all cases: real ingestion, the real models, real sealing; two stages.

Belongs here: running the stages and asking the warehouse and the ledger what they say.
Does not: comparing with expectations (the test does).
"""

from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time
from pathlib import Path

from core.home import Home
from core.spans import period_bounds
from ingestion import manifest, reference
from ingestion.company import read_company
from ingestion.landing import ingest
from orchestration.dbt_in_process import Outcome
from orchestration.warehouse import WarehouseWorld, lay_out, open_warehouse
from posting import batches, exports, ledger
from tests.compiled_models import compiled_dbt
from tests.scenarios.cases import Case, Row
from tests.scenarios.company_of_cases import land, write_company

_MODELS = ["tag:books", "+revenue_movements"]
_RUN_AT = time(6, tzinfo=UTC)
_YEARS = range(2024, 2029)
# What a control holds, and usage that no contract takes.
_HELD = """
    select legal_entity_code, subject_key, exception_code
    from controls.control_results where not is_passed
    union all
    select distinct upper(substr(subject, 5)), subject, hold_code from usage.held_usage
"""


@dataclass(frozen=True, kw_only=True)
class Books:
    """The company of all cases and the home its books are kept in."""

    cases: Sequence[Case]
    company_folder: Path
    home: Home
    batch_of_stage: dict[int, int | None] = field(default_factory=dict)
    held_at_stage: dict[int, list[Row]] = field(default_factory=dict)

    def query(self, sql: str, *parameters: object) -> list[Row]:
        """Return the rows of a question to the warehouse."""
        with open_warehouse(self.home.warehouse, read_only=True) as connection:
            cursor = connection.execute(sql, list(parameters))
            names = [column[0] for column in cursor.description]
            return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]


def keep_books(cases: Sequence[Case], folder: Path) -> Books:
    """Run all stages of cases that share them; what a stage adds is sealed before the next one."""
    books = Books(
        cases=cases,
        company_folder=folder / "company",
        home=Home(folder / "home"),
    )
    write_company(cases, books.company_folder)
    for stage, day in enumerate(cases[0].stages, start=1):
        land(cases, books.company_folder, stage)
        _run_stage(books, stage, datetime.combine(day, _RUN_AT))
        books.held_at_stage[stage] = books.query(_HELD)
    return books


def _run_stage(books: Books, stage: int, as_of: datetime) -> None:
    ingest(read_company(books.company_folder), books.home, as_of)
    ledger.initialise(books.home)
    exports.initialise(books.home)
    exports.write(books.home, "erp_periods", _periods(books.cases, stage))
    world = _world(books.home, as_of, stage)
    lay_out(books.home.warehouse, books.home, world)
    outcome = Outcome()
    deque(compiled_dbt().build(_MODELS, books.home.warehouse, outcome), maxlen=0)
    outcome.raise_if_failed()
    head = manifest.read_head(books.home)
    sealed = batches.seal(
        books.home.warehouse,
        books.home,
        batches.World(
            as_of=as_of,
            raw_head=world.raw_head,
            raw_head_hash=head.entry_hash,
            raw_hash_of=lambda number: manifest.entry_hash(books.home, number),
            ledger_head=world.ledger_head,
            code_version=world.code_version,
            reference_version=world.reference_version,
            policy_version=world.policy_version,
            run_id=world.run_id,
        ),
    )
    books.batch_of_stage[stage] = sealed.batch_number
    with open_warehouse(books.home.warehouse) as connection:
        ledger.register_views(connection, books.home)


def _world(home: Home, as_of: datetime, stage: int) -> WarehouseWorld:
    head = manifest.read_head(home)
    versions = reference.versions(home, head.number)
    return WarehouseWorld(
        as_of=as_of,
        raw_head=head.number,
        events_head=head.number,
        ledger_head=ledger.read_head(home).number,
        code_version="cases",
        reference_version=versions.reference_version,
        policy_version=versions.policy_version,
        run_id=f"stage-{stage}",
    )


def _periods(cases: Sequence[Case], stage: int) -> list[dict[str, object]]:
    """Every month is open, but those a case closes before stage 2."""
    rows: list[dict[str, object]] = []
    for case in cases:
        closed_through = case.settings.get("closed_through", "") if stage > 1 else ""
        for month in (date(year, number, 1) for year in _YEARS for number in range(1, 13)):
            period = f"{month:%Y-%m}"
            first, last = period_bounds(period)
            rows.append(
                {
                    "erp_code": "main",
                    "legal_entity_code": case.legal_entity,
                    "accounting_period": period,
                    "start_date": first,
                    "end_date": last,
                    "state": "closed" if period <= closed_through else "open",
                }
            )
    return rows
