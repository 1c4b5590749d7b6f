"""Faults in disputes: each is caught by the control that should name it.

Belongs here: injecting tests.fault_matrix.in_disputes, apart, so that workers share the faults.
Does not: the faults.
"""

import pytest

from tests.fault_matrix.as_test import expect_caught, one_by_one
from tests.fault_matrix.fault import Fault
from tests.fault_matrix.in_disputes import FAULTS
from tests.fault_matrix.matrix import Bench


@pytest.mark.slow
@one_by_one(FAULTS)
def test_its_control_names_the_fault(fault: Fault, bench: Bench) -> None:
    expect_caught(fault, bench)
