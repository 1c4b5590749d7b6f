"""Which (type, version) we understand, and how an event becomes its latest version.

Belongs here: the registry, validation of data, upcasting, the reason when an event is refused.
Does not: the envelope around the data, identity, files.
"""

import re
from typing import Any

from pydantic import ValidationError

from ingestion.contracts.acceptances import ExceptionAccepted
from ingestion.contracts.adjustments import AdjustmentPosted, AdjustmentReversed
from ingestion.contracts.billing import (
    CreditIssued,
    InvoiceFinalized,
    InvoiceVoided,
    InvoiceWrittenOff,
)
from ingestion.contracts.customers import CustomerUpdated
from ingestion.contracts.disputes import DisputeLost, DisputeOpened, DisputeWon
from ingestion.contracts.fields import PRECISION_ERROR, VALUE_ERRORS, Contract
from ingestion.contracts.holds import OPERATOR, HoldPlaced, HoldReleased
from ingestion.contracts.payments import PaymentFailed, PaymentSucceeded, RefundIssued
from ingestion.contracts.prepaid_credits import PrepaidCreditGranted
from ingestion.contracts.sales import OpportunityWon, QuoteAccepted
from ingestion.contracts.subscriptions import (
    RenewalAccepted,
    SubscriptionAmended,
    SubscriptionCancelled,
    SubscriptionCreated,
    SubscriptionCreatedV1,
    SubscriptionPaused,
    SubscriptionResumed,
)
from ingestion.contracts.support import SupportCreditRequested
from ingestion.contracts.tax import TaxCalculated
from ingestion.contracts.upcasters import UPCASTERS
from ingestion.contracts.usage import UsageCancelled, UsageRecorded
from ingestion.quarantine import Reason

USAGE_TYPE = "usage.recorded"
CANCELLATION_TYPE = "usage.cancelled"
ROW_TYPES = frozenset({USAGE_TYPE, CANCELLATION_TYPE})  # rows of files, no CloudEvents
REGISTRY: dict[tuple[str, int], type[Contract]] = {
    ("customer.updated", 1): CustomerUpdated,
    ("opportunity.won", 1): OpportunityWon,
    ("quote.accepted", 1): QuoteAccepted,
    ("subscription.created", 1): SubscriptionCreatedV1,
    ("subscription.created", 2): SubscriptionCreated,
    ("subscription.amended", 1): SubscriptionAmended,
    ("subscription.cancelled", 1): SubscriptionCancelled,
    ("renewal.accepted", 1): RenewalAccepted,
    ("subscription.paused", 1): SubscriptionPaused,
    ("subscription.resumed", 1): SubscriptionResumed,
    ("prepaid_credit.granted", 1): PrepaidCreditGranted,
    ("invoice.finalized", 1): InvoiceFinalized,
    ("invoice.voided", 1): InvoiceVoided,
    ("invoice.written_off", 1): InvoiceWrittenOff,
    ("credit.issued", 1): CreditIssued,
    ("payment.succeeded", 1): PaymentSucceeded,
    ("payment.failed", 1): PaymentFailed,
    ("refund.issued", 1): RefundIssued,
    ("dispute.opened", 1): DisputeOpened,
    ("dispute.won", 1): DisputeWon,
    ("dispute.lost", 1): DisputeLost,
    ("support.credit_requested", 1): SupportCreditRequested,
    ("tax.calculated", 1): TaxCalculated,
    (USAGE_TYPE, 1): UsageRecorded,
    (CANCELLATION_TYPE, 1): UsageCancelled,
    ("hold.placed", 1): HoldPlaced,
    ("hold.released", 1): HoldReleased,
    ("exception.accepted", 1): ExceptionAccepted,
    ("adjustment.posted", 1): AdjustmentPosted,
    ("adjustment.reversed", 1): AdjustmentReversed,
}
_BY_PEOPLE = {
    "hold.placed",
    "hold.released",
    "exception.accepted",
    "adjustment.posted",
    "adjustment.reversed",
}


class Refusal(Exception):  # noqa: N818  # a row's fate, not an error of the run
    """Why an event is not accepted: a reason code and a sentence."""

    def __init__(self, reason: Reason, sentence: str) -> None:
        super().__init__(sentence)
        self.reason = reason
        self.sentence = sentence


def versions_of(event_type: str) -> tuple[int, ...]:
    """Return the versions of a type we understand, in order."""
    return tuple(sorted(version for name, version in REGISTRY if name == event_type))


def latest_data(
    event_type: str, dataschema: str, data: dict[str, Any]
) -> tuple[int, dict[str, Any]]:
    """Validate data and upcast it to the latest version.

    Args:
        event_type: Such as invoice.finalized.
        dataschema: Such as tieout:invoice.finalized:1.
        data: What the event says.

    Returns:
        The latest version and the data in canonical form.

    Raises:
        Refusal: type or version is unknown, or the data does not keep its contract.
    """
    known = versions_of(event_type)
    if not known or event_type in ROW_TYPES:
        names = sorted({name for name, _ in REGISTRY} - ROW_TYPES)
        raise Refusal(
            Reason.UNKNOWN_EVENT_TYPE,
            f"We know no business event of type '{event_type}'. Known are: {', '.join(names)}. "
            "Map it in the source, or ask for the type to be added.",
        )
    stated = re.fullmatch(rf"tieout:{re.escape(event_type)}:([0-9]{{1,9}})", dataschema)
    if stated is None or int(stated[1]) not in known:
        raise Refusal(
            Reason.SCHEMA_BREAKING_CHANGE,
            f"'{dataschema}' is no version of {event_type} that we read; we read "
            f"{', '.join(f'tieout:{event_type}:{version}' for version in known)}. "
            "Have the new version added, then replay the row.",
        )
    version = int(stated[1])
    while True:
        data = _validated(REGISTRY[event_type, version], event_type, data)
        if (event_type, version) not in UPCASTERS:
            return version, data
        data = UPCASTERS[event_type, version](data)
        version += 1


def require_sender(event_type: str, *sources: str) -> None:
    """Refuse a fact that only people may state when a system states it.

    Args:
        event_type: Such as hold.placed.
        sources: Who says it: the envelope's source and the source that landed the file.

    Raises:
        Refusal: one of the sources is not the operator's.
    """
    others = sorted({*sources} - {OPERATOR})
    if event_type in _BY_PEOPLE and others:
        raise Refusal(
            Reason.SOURCE_NOT_ALLOWED,
            f"{event_type} came from '{others[0]}', but only people state it, through the source "
            f"'{OPERATOR}'. Land it there if somebody means it.",
        )


def _validated(model: type[Contract], event_type: str, data: dict[str, Any]) -> dict[str, Any]:
    try:
        return model.model_validate(data).model_dump(mode="json", exclude_none=True)
    except ValidationError as error:
        raise refusal(event_type, error) from None


def refusal(what: str, error: ValidationError) -> Refusal:
    """Turn everything Pydantic found into one reason and one sentence."""
    kinds = {detail["type"] for detail in error.errors()}
    sentences = "; ".join(_sentence(detail) for detail in error.errors())
    if "missing" in kinds:
        return Refusal(
            Reason.PAYLOAD_INCOMPLETE,
            f"The {what} event is incomplete: {sentences}. Have the source send it whole.",
        )
    if PRECISION_ERROR in kinds:
        return Refusal(
            Reason.AMOUNT_PRECISION,
            f"The {what} event cannot be held exactly: {sentences}. Have the source round it.",
        )
    if kinds <= VALUE_ERRORS:
        return Refusal(
            Reason.PAYLOAD_INCOMPLETE,
            f"The {what} event has values nobody can book: {sentences}. "
            "Have the source correct it and send it under a new id.",
        )
    return Refusal(
        Reason.SCHEMA_BREAKING_CHANGE,
        f"The {what} event does not keep its contract: {sentences}. "
        "Have the source corrected, or a new version of the contract added.",
    )


def _sentence(detail: Any) -> str:  # noqa: ANN401  # Pydantic's ErrorDetails
    place = ".".join(str(part) for part in detail["loc"])
    if detail["type"] == "missing" and "input" in detail and detail["msg"] == "Field required":
        return f"{place} is missing"
    message = detail["msg"].removeprefix("Value error, ")
    return f"{place}: {message}" if place else message
