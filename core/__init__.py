"""What ingestion, posting and orchestration share, and nothing else.

Belongs here: money, canonical bytes and hashes, spans of time, files on disk, errors.
Does not: anything that knows a table, an event, a document or a schedule.
"""
