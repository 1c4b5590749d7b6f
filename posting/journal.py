"""Journal documents: the facts that go out.

Belongs here: documents and lines that balance by construction, their content hash.
Does not: how they are cut from the difference (batches) or spelled for an ERP (connectors).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum

from core.canonical import canonical_json, document_key, sha256_hex
from posting.errors import UnsealableLinesError


class Side(StrEnum):
    """Debit or credit; amounts are never negative."""

    DEBIT = "debit"
    CREDIT = "credit"

    @property
    def other(self) -> "Side":
        """Return the opposite side."""
        return Side.CREDIT if self is Side.DEBIT else Side.DEBIT


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalLine:
    """One debit or credit, in transaction and functional currency."""

    line_number: int
    account_code: str
    dimension_product: str
    side: Side
    amount_minor: int
    functional_amount_minor: int

    def __post_init__(self) -> None:
        if self.amount_minor < 0 or self.functional_amount_minor < 0:
            raise UnsealableLinesError(
                f"Line {self.line_number} on account {self.account_code} has a negative amount "
                f"({self.amount_minor}, {self.functional_amount_minor}); turn its side instead."
            )


@dataclass(frozen=True, slots=True, kw_only=True)
class JournalDocument:
    """A balanced document for one ERP, legal entity, currency, posting date and entry type."""

    document_identity: str
    revision: int
    erp_code: str
    book: str
    legal_entity_code: str
    currency: str
    functional_currency: str
    posting_date: date
    accounting_period: str
    entry_type: str
    source_document: str | None
    lines: tuple[JournalLine, ...]

    def __post_init__(self) -> None:
        for name, amounts in (
            (self.currency, [(line.side, line.amount_minor) for line in self.lines]),
            (
                self.functional_currency,
                [(line.side, line.functional_amount_minor) for line in self.lines],
            ),
        ):
            debit, credit = _totals(amounts)
            if debit != credit:
                raise UnsealableLinesError(
                    f"Document {self.document_identity} does not balance in {name}: "
                    f"debit {debit}, credit {credit} minor units."
                )

    @property
    def document_key(self) -> str:
        """Return the 16 characters by which the ERP knows the document."""
        return document_key(self.document_identity, self.revision)

    @property
    def total_minor(self) -> int:
        """Return the debit total in the transaction currency."""
        return sum(line.amount_minor for line in self.lines if line.side is Side.DEBIT)

    @property
    def functional_total_minor(self) -> int:
        """Return the debit total in the functional currency."""
        return sum(line.functional_amount_minor for line in self.lines if line.side is Side.DEBIT)

    def content(self) -> dict[str, object]:
        """Return everything an ERP is told, except the key."""
        return {
            "erp": self.erp_code,
            "book": self.book,
            "entity": self.legal_entity_code,
            "currency": self.currency,
            "functional_currency": self.functional_currency,
            "posting_date": self.posting_date.isoformat(),
            "period": self.accounting_period,
            "entry_type": self.entry_type,
            "source_document": self.source_document,
            "lines": [
                [
                    line.line_number,
                    line.account_code,
                    line.dimension_product,
                    line.side.value,
                    line.amount_minor,
                    line.functional_amount_minor,
                ]
                for line in self.lines
            ],
        }

    def content_hash(self) -> str:
        """Return the hash of the content: compared, never part of the key."""
        return sha256_hex(canonical_json(self.content()))


def _totals(amounts: Sequence[tuple[Side, int]]) -> tuple[int, int]:
    debit = sum(amount for side, amount in amounts if side is Side.DEBIT)
    credit = sum(amount for side, amount in amounts if side is Side.CREDIT)
    return debit, credit
