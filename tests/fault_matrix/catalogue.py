"""All faults, by where they strike.

Belongs here: the one list.
Does not: faults themselves.
"""

from tests.fault_matrix import (
    in_contracts,
    in_deliveries,
    in_disputes,
    in_documents,
    in_erp,
    in_models,
    in_reference,
    in_stores,
    in_usage,
)

FAULTS = (
    *in_deliveries.FAULTS,
    *in_usage.FAULTS,
    *in_contracts.FAULTS,
    *in_documents.FAULTS,
    *in_disputes.FAULTS,
    *in_reference.FAULTS,
    *in_models.FAULTS,
    *in_erp.FAULTS,
    *in_stores.FAULTS,
)
