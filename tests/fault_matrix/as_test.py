"""A fault as a test: its control names it, nothing else suffers, the page says so.

Belongs here: how each fault becomes a test, what is asserted of each.
Does not: faults, or trying them (matrix).
"""

from collections.abc import Sequence

import pytest

from tests.fault_matrix import page
from tests.fault_matrix.fault import Fault
from tests.fault_matrix.matrix import Bench, try_fault


def one_by_one(faults: Sequence[Fault]) -> pytest.MarkDecorator:
    """Have a test run once for every fault."""
    return pytest.mark.parametrize("fault", faults, ids=lambda fault: fault.name)


def expect_caught(fault: Fault, bench: Bench) -> None:
    """Inject the fault; fail when it is not caught, holds too much or is not on the page."""
    verdict = try_fault(fault, bench)
    said = "\n".join(verdict.sentences)
    assert verdict.missing == (), f"Found: {verdict.findings}\n{said}"
    assert verdict.false_holds == (), said
    assert page.row(verdict) in page.rows_written(), f"{page.PATH} does not say this."
