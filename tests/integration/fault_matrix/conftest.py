"""The bench of the fault matrix: prepared once per worker.

Belongs here: the sound company that all files of this folder copy.
Does not: faults (tests.fault_matrix).
"""

from pathlib import Path

import pytest

from tests.fault_matrix.matrix import Bench, lay_bench


@pytest.fixture(scope="session")
def bench(tmp_path_factory: pytest.TempPathFactory) -> Bench:
    """Return the sound company, before and after its second run."""
    root: Path = tmp_path_factory.mktemp("bench")
    return lay_bench(root)
