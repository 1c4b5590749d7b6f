"""What several integration tests share: runs that take long are made once.

Belongs here: the demo company's two runs.
Does not: what a test expects of them.
"""

import pytest

from tests.demo_run import DemoRun, run_demo


@pytest.fixture(scope="session")
def demo(tmp_path_factory: pytest.TempPathFactory) -> DemoRun:
    """Return the demo company after both runs; tests only read it."""
    return run_demo(tmp_path_factory.mktemp("company"), tmp_path_factory.mktemp("state") / "demo")
