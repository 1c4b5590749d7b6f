"""A small company for tests of posting: lines that should be booked, and everything after them.

Belongs here: a warehouse made by plain SQL with the columns posting reads, an embedded ledger
with a chart and periods, one run from difference to delivery.
Does not: faults (tests.faults), or what a test expects.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from pathlib import Path

import duckdb

from core.home import Home
from posting import batches, delivery, exports, ledger, voiding
from posting.batches import SealResult, World
from posting.connectors.connector import Connector
from posting.connectors.embedded import (
    EmbeddedAdministrator,
    EmbeddedConnector,
    ErpAccount,
    ErpEntity,
    ErpPeriod,
    store_path,
)
from posting.delivery import DeliveryReport
from tests import posting_difference

NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
ENTITY = "NW-US"
ERP = "main"
ACCOUNTS = ("1100", "1200", "2100", "2200", "4000", "4100", "7000")


@dataclass(frozen=True, kw_only=True)
class Line:
    """One line that should be booked; what is not said is a plain default."""

    account: str
    amount: int
    group: str = "C-1"
    functional: int | None = None
    entry_type: str = "billing"
    origin_period: str = "2026-02"
    effective_date: date = date(2026, 2, 15)
    currency: str = "USD"
    functional_currency: str = "USD"
    entity: str = ENTITY
    product: str = ""
    grain: str = "document"
    cadence: str = "immediate"
    hold_code: str | None = None

    @property
    def key(self) -> str:
        return "|".join(
            [
                self.entity,
                self.group,
                self.entry_type,
                self.account,
                self.product,
                self.currency,
                self.origin_period,
            ]
        )


def entry(debit: str, credit: str, amount: int, **facts: object) -> list[Line]:
    """Return a balanced pair of lines."""
    return [
        Line(account=debit, amount=amount, **facts),
        Line(account=credit, amount=-amount, **facts),
    ]


@dataclass
class Books:
    """A home with its warehouse and ERP, driven by hand."""

    home: Home
    connectors: dict[str, Connector] = field(default_factory=dict)
    raw_hashes: dict[int, str] = field(default_factory=lambda: {1: "hash-1"})
    limits: Sequence[tuple[str, str, str]] = ()
    code_version: str = "code-1"

    @property
    def administrator(self) -> EmbeddedAdministrator:
        return EmbeddedAdministrator(store_path(self.home, ERP))

    @property
    def erp(self) -> EmbeddedConnector:
        return EmbeddedConnector(store_path(self.home, ERP))

    def build(
        self, should: Sequence[Line], *, as_of: datetime = NOW, path: Path | None = None
    ) -> World:
        """Build a warehouse whose books should say these lines; return the world it is from."""
        ledger.initialise(self.home)
        head = ledger.read_head(self.home).number
        exports.export_master(self.home, self.connectors)
        target = path or self.home.warehouse
        target.parent.mkdir(parents=True, exist_ok=True)
        target.unlink(missing_ok=True)
        world = World(
            as_of=as_of,
            raw_head=max(self.raw_hashes),
            raw_head_hash=self.raw_hashes[max(self.raw_hashes)],
            raw_hash_of=self.raw_hashes.get,
            ledger_head=head,
            code_version=self.code_version,
            reference_version="reference-1",
            policy_version="policy-1",
            run_id=f"run-{as_of:%d}-{head}",
        )
        with duckdb.connect(str(target)) as connection:
            ledger.register_views(connection, self.home)
            exports.register_views(connection, self.home)
            posting_difference.fill(
                connection, [_should_row(line) for line in should], world, self.limits
            )
        return world

    def seal(
        self, should: Sequence[Line], *, as_of: datetime = NOW, scope: str = "all"
    ) -> SealResult:
        """Build the books and seal what is missing in the ledger."""
        return batches.seal(self.home.warehouse, self.home, self.build(should, as_of=as_of), scope)

    def deliver(self, now: datetime = NOW, **options: object) -> DeliveryReport:
        """Deliver everything sealed."""
        return delivery.deliver(self.home, self.connectors, now, **options)

    def run(self, should: Sequence[Line], *, now: datetime = NOW) -> DeliveryReport:
        """Do what a whole run does for posting: build, void, rebuild, seal, deliver, export."""
        self.build(should, as_of=now)
        voiding.void_changed_rejections(self.home.warehouse, self.home, self.connectors, now)
        self.seal(should, as_of=now)
        report = self.deliver(now)
        exports.export_control(self.home)
        exports.read_back(self.home, self.connectors)
        return report

    def query(self, sql: str, parameters: Sequence[object] = ()) -> list[tuple]:
        """Ask the ledger and the exports as they are now."""
        with duckdb.connect() as connection:
            ledger.register_views(connection, self.home)
            exports.register_views(connection, self.home)
            return connection.execute(sql, list(parameters)).fetchall()

    def posted_totals(self) -> dict[str, int]:
        """Return debit minus credit per account of everything posted in the ERP."""
        return {
            account: amount
            for account, amount in self.query(
                "select account_code, sum(case side when 'debit' then amount_minor "
                "else -amount_minor end)::bigint from exports.erp_documents "
                "where state = 'posted' group by 1 order by 1"
            )
            if amount
        }

    def read_back(self) -> None:
        """Export what the ERP holds, through the real connector."""
        exports.read_back(self.home, {ERP: self.erp})


def open_books(
    path: Path, wrap: Callable[[Connector], Connector] = lambda connector: connector
) -> Books:
    """Return the books of a company whose ERP has a chart and open periods."""
    home = Home(path)
    books = Books(home=home)
    books.administrator.configure(
        entities=[
            ErpEntity(legal_entity_code=ENTITY, functional_currency="USD"),
            ErpEntity(legal_entity_code="NW-DE", functional_currency="EUR"),
        ],
        accounts=[
            account(code, entity=entity) for entity in (ENTITY, "NW-DE") for code in ACCOUNTS
        ],
        periods=[
            ErpPeriod(legal_entity_code=entity, accounting_period=period, is_open=True)
            for entity in (ENTITY, "NW-DE")
            for period in ("2026-01", "2026-02", "2026-03", "2026-04")
        ],
    )
    books.connectors = {ERP: wrap(books.erp)}
    return books


def world_of(books: Books) -> World:
    """Return the world that the warehouse says it was built from."""
    with duckdb.connect(str(books.home.warehouse), read_only=True) as connection:
        (row,) = connection.execute(
            "select as_of, raw_head, ledger_head, code_version, reference_version, "
            "policy_version, run_id from run.parameters"
        ).fetchall()
    as_of, raw_head, ledger_head, code_version, reference_version, policy_version, run_id = row
    return World(
        as_of=as_of.replace(tzinfo=UTC),
        raw_head=raw_head,
        raw_head_hash=books.raw_hashes[raw_head],
        raw_hash_of=books.raw_hashes.get,
        ledger_head=ledger_head,
        code_version=code_version,
        reference_version=reference_version,
        policy_version=policy_version,
        run_id=run_id,
    )


def account(code: str, *, entity: str = ENTITY, is_active: bool = True) -> ErpAccount:
    """Return an account of the ERP's chart."""
    return ErpAccount(
        legal_entity_code=entity,
        account_code=code,
        account_name=f"Account {code}",
        account_type="asset",
        is_active=is_active,
    )


def on(line: Line, **facts: object) -> Line:
    """Return a line with other facts."""
    return replace(line, **facts)


def totals(should: Sequence[Line]) -> Mapping[str, int]:
    """Return what the accounts should say, zeros left out."""
    sums: dict[str, int] = {}
    for line in should:
        sums[line.account] = sums.get(line.account, 0) + line.amount
    return {account: amount for account, amount in sorted(sums.items()) if amount}


def _should_row(line: Line) -> dict[str, object]:
    functional = line.amount if line.functional is None else line.functional
    return {
        "subledger_line_key": line.key,
        "entry_group_key": "|".join(
            [line.entity, line.group, line.entry_type, line.currency, line.origin_period]
        ),
        "book": "primary",
        "legal_entity_code": line.entity,
        "erp_code": ERP,
        "contract_id": line.group,
        "document_type": "invoice" if line.grain == "document" else None,
        "document_id": f"INV-{line.group}" if line.grain == "document" else None,
        "entry_type": line.entry_type,
        "account_role": "revenue",
        "account_code": line.account,
        "dimension_product": line.product,
        "transaction_currency": line.currency,
        "functional_currency": line.functional_currency,
        "origin_period": line.origin_period,
        "effective_date": line.effective_date,
        "source_event_count": 1,
        "grain": line.grain,
        "cadence": line.cadence,
        "hold_code": line.hold_code,
        "should_minor": line.amount,
        "should_functional_minor": functional,
    }
