"""What came in: landing files become canonical events and reference data in the raw store.

Belongs here: event contracts, source adapters, deduplication, quarantine, the manifest.
Does not: what events mean (dbt_project) or when things run (orchestration).
"""
