"""An approval from the exception queue: the command its next step names releases the document.

Belongs here: from the exception through the command line to the ERP, and how the exception went.
Does not: the rules of approving (tests.unit.posting.test_decisions).
"""

import re
from datetime import timedelta
from pathlib import Path

import pytest

from orchestration.cli import invoke
from tests.guarded_company import FIRST, write_guarded_company

pytestmark = pytest.mark.slow

WAITING = """
    select subject_key, next_step from controls.exceptions
    where code = 'POSTING_AWAITS_APPROVAL' order by subject_key
"""


def test_the_command_that_an_exception_names_posts_its_document(tmp_path: Path) -> None:
    guarded = write_guarded_company(tmp_path)
    folder = guarded.company / "company.yaml"
    text = folder.read_text()
    assert 'above: "1000000.00"' in text
    folder.write_text(text.replace('above: "1000000.00"', 'above: "2000.00"'))
    guarded.run(FIRST)
    waiting = guarded.rows(WAITING)
    assert len(waiting) == 4  # the invoices over 2,400.00; the fifth is held by its mapping
    (document, next_step), *others = waiting

    (command,) = re.findall(r"`tieout (approve) DOCUMENT`", next_step)
    place = ["--company", str(guarded.company), "--home", str(guarded.home)]
    by_whom = ["--by", "maria", "--reason", "Checked against the order."]
    assert invoke([command, document, *by_whom, *place]) == 0
    guarded.run(FIRST + timedelta(days=1))

    assert guarded.rows(WAITING) == others
    assert guarded.rows(
        f"select delivery_status, approved_by from journals.journal_entries"
        f" where document_key = '{document}'"
    ) == [("posted", "maria")]
    assert guarded.rows(
        "select subject_key, resolution from controls.exception_history"
        " where code = 'POSTING_AWAITS_APPROVAL' and not is_open"
    ) == [(document, "by_hand")]
