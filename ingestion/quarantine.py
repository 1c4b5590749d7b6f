"""What was not accepted: the reason, a business sentence, the raw text.

Belongs here: reason codes and the rows of the quarantine.
Does not: judging rows (contracts and sources do) or replaying them.
"""

from dataclasses import dataclass
from enum import StrEnum

from ingestion.ordinals import file_of, line_of


class Reason(StrEnum):
    """Why a row is in quarantine."""

    MALFORMED_ROW = "MALFORMED_ROW"
    UNKNOWN_EVENT_TYPE = "UNKNOWN_EVENT_TYPE"
    SCHEMA_BREAKING_CHANGE = "SCHEMA_BREAKING_CHANGE"
    PAYLOAD_INCOMPLETE = "PAYLOAD_INCOMPLETE"
    DUPLICATE_KEY_DIFFERENT_BODY = "DUPLICATE_KEY_DIFFERENT_BODY"
    AMOUNT_PRECISION = "AMOUNT_PRECISION"
    USAGE_TOO_OLD = "USAGE_TOO_OLD"
    SOURCE_NOT_ALLOWED = "SOURCE_NOT_ALLOWED"
    USAGE_CORRECTED_TWICE = "USAGE_CORRECTED_TWICE"
    USAGE_CORRECTION_UNCLEAR = "USAGE_CORRECTION_UNCLEAR"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """One row that is not accepted."""

    line: int
    event_id: str | None
    reason: Reason
    sentence: str
    raw_text: str


def refused_rows(manifest_number: int, known_at: str) -> str:
    """Return the query for everything one ingest did not accept.

    Args:
        manifest_number: Of the ingest.
        known_at: SQL of the instant of registration.
    """
    return f"""
        select
            {manifest_number}::bigint as manifest_number, source, landed_path,
            {line_of("ordinal")} as landed_line, event_id, reason_code, sentence, raw_text,
            {known_at} as known_at
        from staged_refusals
        inner join staged_files on {file_of("ordinal")} = file_number
        order by ordinal, reason_code, raw_text
    """
