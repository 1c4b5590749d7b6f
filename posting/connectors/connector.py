"""The port to an ERP: small verbs, plain facts, capability flags.

Belongs here: what every connector offers, and the facts that cross the port.
Does not: retries, leases or states; the outbox owns exactly-once, whatever the ERP offers.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from enum import StrEnum
from typing import Protocol

from posting.journal import Side

SOURCE = "tieout"
SCHEMA_VERSION = 1


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDocLine:
    """One debit or credit in major units, as ERPs take them."""

    line_number: int
    side: Side
    account: str
    amount: Decimal
    functional_amount: Decimal
    dimensions: Mapping[str, str]


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDoc:
    """A document as it crosses the port."""

    key: str
    identity: str
    entity: str
    ledger: str
    currency: str
    functional_currency: str
    posting_date: date
    period: str
    source: str
    description: str
    lines: tuple[JournalDocLine, ...]
    control_totals: tuple[Decimal, Decimal]
    content_sha256: str
    schema_version: int = SCHEMA_VERSION


AccountTotals = Mapping[tuple[str, str], tuple[Decimal, Decimal]]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpRef:
    """A document as the ERP knows it; debit totals minus credit totals per account and product."""

    erp_id: str
    key: str
    number: str | None
    state: str  # draft or posted
    entity: str
    posted_on: date | None
    totals_by_account: AccountTotals
    raw_hash: str


class OutcomeKind(StrEnum):
    """How a call ended for one document."""

    POSTED = "posted"
    DRAFTED = "drafted"
    ACCEPTED = "accepted"
    DUPLICATE = "duplicate"
    REJECTED = "rejected"
    RETRY = "retry"
    UNKNOWN = "unknown"


class ErrorClass(StrEnum):
    """Why an ERP refused, in classes that decide who acts."""

    RATE_LIMITED = "RATE_LIMITED"
    CONCURRENCY = "CONCURRENCY"
    AUTH = "AUTH"
    PERIOD_CLOSED = "PERIOD_CLOSED"
    UNBALANCED = "UNBALANCED"
    UNKNOWN_ACCOUNT = "UNKNOWN_ACCOUNT"
    INACTIVE_ACCOUNT = "INACTIVE_ACCOUNT"
    DIMENSION = "DIMENSION"
    PARTY_REQUIRED = "PARTY_REQUIRED"
    CURRENCY = "CURRENCY"
    PRECISION = "PRECISION"
    UNKNOWN_ENTITY = "UNKNOWN_ENTITY"
    LIMIT = "LIMIT"
    DUPLICATE = "DUPLICATE"
    OTHER = "OTHER"


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """The answer to one document of a call."""

    kind: OutcomeKind
    ref: ErpRef | None = None
    job: str | None = None
    error_class: ErrorClass | None = None
    text: str | None = None
    line_number: int | None = None
    retry_after_seconds: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Finding:
    """Why a document would be refused, known before anything is sent."""

    key: str
    error_class: ErrorClass
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Capabilities:
    """What an ERP can and cannot do; delivery reads these, never the ERP's name."""

    transport: str
    two_phase: bool
    async_job: bool
    partial_success: bool
    atomic_batch: bool
    unique_key: str  # native, optional or none
    replay_key: str  # none, sync or async
    dry_run: bool
    max_docs: int
    max_lines_per_doc: int
    request_timeout_seconds: int
    settle_seconds: int
    key_max_length: int
    line_currency: bool
    sign_style: str
    may_alter_lines: bool
    may_redate: bool
    number_assigned_by_erp: bool
    reverse_native: bool
    closed_period_style: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Health:
    """Whether the ERP answers and lets us in."""

    is_reachable: bool
    is_authorised: bool
    text: str


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterAccount:
    """An account of the ERP's chart."""

    account_code: str
    is_active: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterPeriod:
    """An accounting period of the ERP; both dates inclusive."""

    accounting_period: str
    start_date: date
    end_date: date
    is_open: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class MasterData:
    """What the ERP allows for one legal entity."""

    entity: str
    functional_currency: str
    accounts: tuple[MasterAccount, ...]
    periods: tuple[MasterPeriod, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpDocumentLine:
    """One line of a document as the ERP holds it, in minor units."""

    erp_document_id: str
    erp_number: str | None
    document_key: str | None
    posting_date: date
    accounting_period: str
    state: str
    line_number: int
    account_code: str
    dimension_product: str
    side: str
    currency: str
    amount_minor: int
    functional_amount_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class ErpBalance:
    """Movement of an account in a period and currency as the ERP holds it, in minor units."""

    account_code: str
    accounting_period: str
    currency: str
    debit_minor: int
    credit_minor: int
    functional_debit_minor: int
    functional_credit_minor: int


class Connector(Protocol):
    """What delivery and reconciliation may ask of an ERP.

    A call that ends without an answer raises `posting.errors.TransportError`.
    """

    def capabilities(self) -> Capabilities:
        """Return what the ERP can do."""
        ...

    def health(self) -> Health:
        """Return whether the ERP answers and lets us in."""
        ...

    def legal_entities(self) -> tuple[str, ...]:
        """Return the legal entities this connection may post to."""
        ...

    def read_master(self, entity: str) -> MasterData:
        """Return accounts and periods, so that controls can hold what would be refused."""
        ...

    def validate(self, docs: Sequence[JournalDoc]) -> list[Finding]:
        """Return what would be refused, without any effect."""
        ...

    def find_by_keys(self, keys: Sequence[str]) -> dict[str, list[ErpRef]]:
        """Return everything the ERP holds under our keys; duplicates are all listed."""
        ...

    def submit(self, docs: Sequence[JournalDoc], batch_key: str) -> dict[str, Outcome]:
        """Hand documents over; the outcome of each by its key."""
        ...

    def commit(self, refs: Sequence[ErpRef]) -> dict[str, Outcome]:
        """Post drafts; idempotent by the ERP's id. The outcome of each by its key."""
        ...

    def poll(self, job: str) -> bool:
        """Return whether an asynchronous job still runs."""
        ...

    def discard_drafts(self, refs: Sequence[ErpRef]) -> None:
        """Delete drafts of ours; what is posted or gone is left alone."""
        ...

    def list_drafts(self, entity: str) -> list[ErpRef]:
        """Return every draft that came from us: an orphan blocks the closing of its period."""
        ...

    def reverse(self, ref: ErpRef, doc: JournalDoc) -> Outcome:
        """Hand over the mirror of a posted document under its own key, linked to it."""
        ...

    def fetch_documents(self, entity: str) -> list[ErpDocumentLine]:
        """Return every document line of the entity, drafts included, whoever made it."""
        ...

    def fetch_balances(self, entity: str) -> list[ErpBalance]:
        """Return the movements of every account, from the ERP's own totals."""
        ...

    def render(self, doc: JournalDoc) -> bytes:
        """Return the exact bytes that would be sent."""
        ...
