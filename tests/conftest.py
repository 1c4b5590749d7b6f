"""Fixtures that every test may ask for.

Belongs here: what tests of several packages share.
Does not: rows, companies or expectations of one test.
"""

from pathlib import Path

import pytest

from tests.warehouse import Warehouse


@pytest.fixture
def warehouse(tmp_path: Path) -> Warehouse:
    """Return an empty warehouse with all source tables."""
    return Warehouse(tmp_path)
