"""The embedded ledger: a small double-entry ERP in SQLite behind the port.

Belongs here: the connector, and the administrator's side of the ERP (chart, periods), which is
no part of the port.
Does not: anything that makes posting exactly-once; this ERP is as forgetful as the others.
"""

from collections.abc import Sequence
from dataclasses import asdict, dataclass
from json import dumps
from pathlib import Path

from core.canonical import canonical_json
from core.home import Home
from core.spans import period_bounds
from posting.connectors import embedded_reads, embedded_rules, embedded_store
from posting.connectors.connector import (
    SOURCE,
    Capabilities,
    ErpBalance,
    ErpDocumentLine,
    ErpRef,
    ErrorClass,
    Finding,
    Health,
    JournalDoc,
    MasterData,
    Outcome,
)
from posting.connectors.rendering import totals_by_account

_KEY_LENGTH = 16
_MAX_LINES = 10_000
_MAX_DOCS = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpEntity:
    """A company the ERP keeps books for."""

    legal_entity_code: str
    functional_currency: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpAccount:
    """An account in a company's chart."""

    legal_entity_code: str
    account_code: str
    account_name: str
    account_type: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpPeriod:
    """A monthly period of a company, and whether it is to be open."""

    legal_entity_code: str
    accounting_period: str
    is_open: bool


def store_path(home: Home, erp_code: str) -> Path:
    """Return where the embedded ledger of that code keeps its books."""
    return home.erp / f"{erp_code}.sqlite"


class EmbeddedAdministrator:
    """What the ERP's own administrator does: companies, chart of accounts, periods."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def configure(
        self,
        *,
        entities: Sequence[ErpEntity] = (),
        accounts: Sequence[ErpAccount] = (),
        periods: Sequence[ErpPeriod] = (),
    ) -> list[str]:
        """Add or change companies, accounts and periods; what is not named stays as it is.

        Returns:
            Why a period could not be closed, one sentence each; it stays open.
        """
        with embedded_store.transaction(self._path) as connection:
            connection.executemany(
                "insert or replace into entities values (:legal_entity_code, :functional_currency)",
                [asdict(entity) for entity in entities],
            )
            connection.executemany(
                "insert or replace into accounts values (:legal_entity_code, :account_code, "
                ":account_name, :account_type, :is_active)",
                [asdict(account) for account in accounts],
            )
        refusals = [self._set_period(period) for period in periods]
        return [refusal for refusal in refusals if refusal is not None]

    def close_period(self, legal_entity_code: str, accounting_period: str) -> str | None:
        """Close a period, unless drafts are in it; return why it stays open, or nothing."""
        return self._set_period(
            ErpPeriod(
                legal_entity_code=legal_entity_code,
                accounting_period=accounting_period,
                is_open=False,
            )
        )

    def open_period(self, legal_entity_code: str, accounting_period: str) -> None:
        """Open a period, for the first time or again."""
        self._set_period(
            ErpPeriod(
                legal_entity_code=legal_entity_code,
                accounting_period=accounting_period,
                is_open=True,
            )
        )

    def _set_period(self, period: ErpPeriod) -> str | None:
        entity, name = period.legal_entity_code, period.accounting_period
        first, last = period_bounds(name)
        with embedded_store.transaction(self._path) as connection:
            drafts = connection.execute(
                "select count(*) as n from documents where entity = ? and state = 'draft' "
                "and posting_date between ? and ?",
                [entity, first.isoformat(), last.isoformat()],
            ).fetchone()["n"]
            if drafts and not period.is_open:
                return f"Period {name} of {entity} cannot be closed: {drafts} draft(s) are in it."
            connection.execute(
                "insert or replace into periods values (?, ?, ?, ?, ?)",
                [entity, name, first.isoformat(), last.isoformat(), period.is_open],
            )
        return None


class EmbeddedConnector:
    """The port to the embedded ledger."""

    def __init__(self, path: Path) -> None:
        self._path = path

    def capabilities(self) -> Capabilities:
        """Return what this ERP can do: two phases, one document per key, partial success."""
        return Capabilities(
            transport="api",
            two_phase=True,
            async_job=False,
            partial_success=True,
            atomic_batch=False,
            unique_key="native",
            replay_key="none",
            dry_run=False,
            max_docs=_MAX_DOCS,
            max_lines_per_doc=_MAX_LINES,
            request_timeout_seconds=60,
            settle_seconds=0,
            key_max_length=_KEY_LENGTH,
            line_currency=False,
            sign_style="side",
            may_alter_lines=False,
            may_redate=False,
            number_assigned_by_erp=True,
            reverse_native=False,
            closed_period_style="lock",
        )

    def health(self) -> Health:
        """Return that the file can be opened; it asks for no password."""
        with embedded_store.transaction(self._path):
            return Health(is_reachable=True, is_authorised=True, text="The embedded ledger is up.")

    def legal_entities(self) -> tuple[str, ...]:
        """Return every company of the ERP."""
        with embedded_store.transaction(self._path) as connection:
            rows = connection.execute("select entity from entities order by entity")
            return tuple(row["entity"] for row in rows)

    def read_master(self, entity: str) -> MasterData:
        """Return the company's chart and periods."""
        with embedded_store.transaction(self._path) as connection:
            return embedded_reads.master(connection, entity)

    def validate(self, docs: Sequence[JournalDoc]) -> list[Finding]:
        """Check what can be known without asking: there is no dry run."""
        return [
            Finding(
                key=doc.key,
                error_class=ErrorClass.LIMIT,
                text=f"{len(doc.lines)} lines are more than the {_MAX_LINES} an entry may have.",
            )
            for doc in docs
            if len(doc.lines) > _MAX_LINES
        ]

    def find_by_keys(self, keys: Sequence[str]) -> dict[str, list[ErpRef]]:
        """Return every document under each key."""
        found: dict[str, list[ErpRef]] = {key: [] for key in keys}
        with embedded_store.transaction(self._path) as connection:
            for ref in embedded_store.refs(
                connection,
                "external_key in (select value from json_each(?))",
                [dumps(list(keys))],
            ):
                found[ref.key].append(ref)
        return found

    def submit(self, docs: Sequence[JournalDoc], batch_key: str) -> dict[str, Outcome]:  # noqa: ARG002  # this ERP has no use for a batch key
        """Store drafts of what is in order; refuse the rest one by one."""
        with embedded_store.transaction(self._path) as connection:
            return {doc.key: embedded_store.submit_one(connection, doc) for doc in docs}

    def commit(self, refs: Sequence[ErpRef]) -> dict[str, Outcome]:
        """Post drafts; one that is posted already is reported as posted."""
        with embedded_store.transaction(self._path) as connection:
            return {ref.key: embedded_store.commit_one(connection, ref) for ref in refs}

    def poll(self, job: str) -> bool:  # noqa: ARG002  # there are no jobs here
        """Return that no job runs: this ERP answers at once."""
        return False

    def discard_drafts(self, refs: Sequence[ErpRef]) -> None:
        """Delete drafts; posted documents are never touched."""
        with embedded_store.transaction(self._path) as connection:
            connection.executemany(
                "delete from documents where erp_id = ? and state = 'draft'",
                [(int(ref.erp_id),) for ref in refs],
            )

    def list_drafts(self, entity: str) -> list[ErpRef]:
        """Return drafts that came from us."""
        with embedded_store.transaction(self._path) as connection:
            return embedded_store.refs(
                connection, "entity = ? and state = 'draft' and source = ?", [entity, SOURCE]
            )

    def reverse(self, ref: ErpRef, doc: JournalDoc) -> Outcome:
        """Draft the mirror of a posted document."""
        mirrored = {
            name: (-amount, -functional)
            for name, (amount, functional) in totals_by_account(doc.lines).items()
        }
        if ref.state != "posted" or mirrored != dict(ref.totals_by_account):
            return embedded_rules.rejected(
                ErrorClass.OTHER, f"Entry {doc.key} is not the mirror of posted entry {ref.key}."
            )
        with embedded_store.transaction(self._path) as connection:
            return embedded_store.submit_one(connection, doc, reverses_erp_id=int(ref.erp_id))

    def fetch_documents(self, entity: str) -> list[ErpDocumentLine]:
        """Return every line of every document of a company."""
        with embedded_store.transaction(self._path) as connection:
            return embedded_reads.document_lines(connection, entity)

    def fetch_balances(self, entity: str) -> list[ErpBalance]:
        """Return the movements of posted documents per account, period and currency."""
        with embedded_store.transaction(self._path) as connection:
            return embedded_reads.balances(connection, entity)

    def render(self, doc: JournalDoc) -> bytes:
        """Return the document as canonical JSON."""
        return canonical_json(
            {
                **{
                    name: str(getattr(doc, name))
                    for name in ("key", "entity", "currency", "posting_date", "period", "source")
                },
                "lines": [
                    [
                        line.account,
                        line.dimensions.get("product", ""),
                        line.side.value,
                        str(line.amount),
                        str(line.functional_amount),
                    ]
                    for line in doc.lines
                ],
            }
        ).encode()
