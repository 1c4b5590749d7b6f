"""The canonical events: what Tieout understands, whatever system it came from.

Belongs here: the envelope, one module per family of events, versions and upcasters, the schemas.
Does not: reading files (sources), deduplication (identities), meaning (dbt_project).
"""
