"""What goes out, exactly once: sealed batches, the outbox and the ERP connectors.

Belongs here: the ledger, delivery, approvals, the audit log, one connector per ERP.
Does not: deciding what the books should say (dbt_project) or when (orchestration).
"""
