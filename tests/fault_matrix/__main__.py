"""The fault x control matrix: `python -m tests.fault_matrix` injects every fault and judges it.

Belongs here: what is printed, and the exit code.
Does not: running the trials (matrix), or the page they make (page).
"""

import argparse
import sys
from itertools import groupby

from tests.fault_matrix import page
from tests.fault_matrix.catalogue import FAULTS
from tests.fault_matrix.matrix import try_all
from tests.fault_matrix.verdict import Verdict

_MOST_SENTENCES = 8


def main() -> int:
    """Inject the faults, print which control named each of them; 1 when one was not caught."""
    parser = argparse.ArgumentParser(prog="python -m tests.fault_matrix", description=__doc__)
    parser.add_argument("--only", default="", help="faults whose name contains this text")
    parser.add_argument("--write", action="store_true", help=f"write {page.PATH.name} anew")
    arguments = parser.parse_args()
    faults = [fault for fault in FAULTS if arguments.only in fault.name]
    verdicts = try_all(faults)
    for where, group in groupby(verdicts, key=lambda verdict: verdict.where):
        print(f"\n{where}")
        for verdict in group:
            _show(verdict)
    is_page_true = True
    text = page.text([page.row(verdict) for verdict in verdicts])
    if arguments.write:
        page.PATH.write_text(text)
    elif not arguments.only and page.PATH.read_text() != text:
        is_page_true = False
        print(f"\n{page.PATH} does not say this; write it anew with --write.")
    caught = sum(verdict.is_caught for verdict in verdicts)
    uncaught = len(verdicts) - caught
    false_holds = sum(len(verdict.false_holds) for verdict in verdicts)
    print(
        f"\n{len(verdicts)} faults, {caught} caught, {uncaught} uncaught, {false_holds} false holds"
    )
    return 0 if is_page_true and not uncaught and not false_holds else 1


def _show(verdict: Verdict) -> None:
    mark = "ok  " if verdict.is_caught and not verdict.false_holds else "FAIL"
    print(f"  {mark} {verdict.fault}: {', '.join(verdict.findings) or 'nobody noticed'}")
    if verdict.missing:
        print(f"       not said: {', '.join(verdict.missing)}")
    if verdict.false_holds:
        print(f"       held or moved without reason: {', '.join(verdict.false_holds)}")
    if verdict.missing or verdict.false_holds:
        for sentence in verdict.sentences[:_MOST_SENTENCES]:
            print(f"       {sentence}")


if __name__ == "__main__":
    sys.exit(main())
