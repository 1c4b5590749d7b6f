"""The documentation of the models as dbt writes it: one HTML file, on demand.

Belongs here: starting dbt for it, putting the file in place.
Does not: building models (dbt_in_process), or anything a run needs.
"""

import os
import subprocess
import sys
from pathlib import Path

from core.errors import TieoutError
from core.files import write_atomically
from orchestration.dbt_in_process import WAREHOUSE_VARIABLE
from orchestration.publish import NothingPublishedError
from orchestration.workplace import Workplace

FOLDER = "dbt_docs"
_STATIC_PAGE = "static_index.html"


class DbtDocsError(TieoutError):
    """dbt could not write its documentation."""


def write(work: Workplace) -> Path:
    """Write `site/dbt_docs/index.html` for the warehouse of a home; nobody else works meanwhile.

    Raises:
        NothingPublishedError: there is no warehouse yet.
        DbtDocsError: dbt failed; the sentence ends with what it said.
    """
    home = work.home
    if not home.warehouse.exists():
        raise NothingPublishedError(
            f"There are no models in {home.path} yet. Run `tieout run --company DIR` first."
        )
    work.claim_home()
    target = home.path / "dbt" / "docs"
    done = subprocess.run(  # noqa: S603  # our own interpreter's dbt, our own arguments
        [
            Path(sys.executable).with_name("dbt"),
            "docs",
            "generate",
            "--static",
            *("--project-dir", str(work.settings.dbt_project)),
            *("--profiles-dir", str(work.settings.dbt_project)),
            *("--target-path", str(target)),
            *("--log-level-file", "none", "--no-send-anonymous-usage-stats", "--no-use-colors"),
        ],
        env={**os.environ, WAREHOUSE_VARIABLE: str(home.warehouse)},
        cwd=work.settings.dbt_project,
        capture_output=True,
        text=True,
        check=False,
    )
    if done.returncode:
        said = (done.stdout or done.stderr).strip().splitlines()
        raise DbtDocsError(f"dbt wrote no documentation: {said[-1] if said else 'it said nothing'}")
    page = home.site / FOLDER / "index.html"
    write_atomically(page, lambda path: path.write_bytes((target / _STATIC_PAGE).read_bytes()))
    return page
