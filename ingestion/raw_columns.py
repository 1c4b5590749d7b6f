"""The columns of the append-only files of `raw/`, `quarantine/` and `vault/`, with their types.

Belongs here: names and types.
Does not: where the files lie or how they are read (raw_store).
"""

MANIFEST_COLUMNS = {
    "manifest_number": "BIGINT",
    "entry_kind": "VARCHAR",
    "source": "VARCHAR",
    "landed_path": "VARCHAR",
    "landed_sha256": "VARCHAR",
    "known_at": "TIMESTAMP",
    "landed_count": "BIGINT",
    "accepted_count": "BIGINT",
    "duplicate_count": "BIGINT",
    "quarantined_count": "BIGINT",
    "table_name": "VARCHAR",
    "files": "VARCHAR",
    "previous_hash": "VARCHAR",
    "entry_hash": "VARCHAR",
}
EVENT_COLUMNS = {
    "manifest_number": "BIGINT",
    "event_key": "VARCHAR",
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "event_type": "VARCHAR",
    "schema_version": "INTEGER",
    "subject": "VARCHAR",
    "occurred_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "known_at": "TIMESTAMP",
    "correlation_id": "VARCHAR",
    "causation_id": "VARCHAR",
    "data": "VARCHAR",
    "body_hash": "VARCHAR",
    "landed_path": "VARCHAR",
    "landed_line": "BIGINT",
}
USAGE_COLUMNS = {  # without usage_day, which is the partition
    "manifest_number": "BIGINT",
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "subject": "VARCHAR",
    "meter_code": "VARCHAR",
    "quantity": "DECIMAL(17,6)",
    "occurred_at": "TIMESTAMP",
    "received_at": "TIMESTAMP",
    "known_at": "TIMESTAMP",
    "properties": "VARCHAR",
    "landed_path": "VARCHAR",
    "landed_line": "BIGINT",
}
USAGE_CORRECTION_COLUMNS = {
    "manifest_number": "BIGINT",
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "corrected_event_id": "VARCHAR",
    "is_cancellation": "BOOLEAN",
    "occurred_at": "TIMESTAMP",
    "subject": "VARCHAR",  # what a replacement says; a cancellation measures nothing
    "meter_code": "VARCHAR",
    "quantity": "DECIMAL(17,6)",
    "properties": "VARCHAR",
    "reason": "VARCHAR",
    "known_at": "TIMESTAMP",
    "landed_path": "VARCHAR",
    "landed_line": "BIGINT",
}
CORRECTED_USAGE_COLUMNS = {  # a correction and its original have met: the original counts no more
    "manifest_number": "BIGINT",  # the later of both
    "source": "VARCHAR",
    "event_id": "VARCHAR",
    "subject": "VARCHAR",
    "meter_code": "VARCHAR",
    "quantity": "DECIMAL(17,6)",
    "occurred_at": "TIMESTAMP",
    "usage_day": "DATE",
    "properties": "VARCHAR",
    "usage_manifest_number": "BIGINT",
    "correcting_event_id": "VARCHAR",
    "is_cancellation": "BOOLEAN",
    "known_at": "TIMESTAMP",
}
IDENTITY_COLUMNS = {
    "manifest_number": "BIGINT",
    "identity_high": "UBIGINT",
    "identity_low": "UBIGINT",
    "body_hash": "UBIGINT",
    "event_day": "DATE",
}
QUARANTINE_COLUMNS = {
    "manifest_number": "BIGINT",
    "source": "VARCHAR",
    "landed_path": "VARCHAR",
    "landed_line": "BIGINT",
    "event_id": "VARCHAR",
    "reason_code": "VARCHAR",
    "sentence": "VARCHAR",
    "raw_text": "VARCHAR",
    "known_at": "TIMESTAMP",
}
REPLAY_COLUMNS = {
    "manifest_number": "BIGINT",
    "quarantined_number": "BIGINT",
    "source": "VARCHAR",
    "landed_path": "VARCHAR",
    "landed_line": "BIGINT",
    "is_corrected": "BOOLEAN",
    "replayed_text": "VARCHAR",
    "outcome": "VARCHAR",
    "replayed_by": "VARCHAR",
    "reason": "VARCHAR",
    "known_at": "TIMESTAMP",
}
SUBJECT_COLUMNS = {
    "manifest_number": "BIGINT",
    "source": "VARCHAR",
    "subject_id": "VARCHAR",
    "event_id": "VARCHAR",
    "name": "VARCHAR",
    "email": "VARCHAR",
    "known_at": "TIMESTAMP",
}
