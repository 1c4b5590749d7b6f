"""All faults, by where they strike.

Belongs here: the one list.
Does not: faults themselves.
"""

from tests.fault_matrix import in_erp, in_events, in_models, in_reference, in_stores

FAULTS = (
    *in_events.FAULTS,
    *in_reference.FAULTS,
    *in_models.FAULTS,
    *in_erp.FAULTS,
    *in_stores.FAULTS,
)
