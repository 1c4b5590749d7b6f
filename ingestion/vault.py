"""The vault: personal fields by subject, apart from everything the books are made of.

Belongs here: the query for the names and e-mails that came with accepted events.
Does not: raw, ledger or marts, which carry ids only.
"""


def accepted_subjects(manifest_number: int, known_at: str) -> str:
    """Return the query for the personal fields of one ingest.

    The manifest does not hash the file: a person must be erasable without breaking the chain.

    Args:
        manifest_number: Of the ingest.
        known_at: SQL of the instant of registration.
    """
    return f"""
        select
            {manifest_number}::bigint as manifest_number, source, subject_id, event_id, name,
            email, {known_at} as known_at
        from accepted_events
        where subject_id is not null
        order by ordinal
    """
