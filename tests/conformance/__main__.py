"""Answers to figures nobody here wrote: `python -m tests.conformance rating CASES > ANSWERS`.

Belongs here: reading the cases, printing the answers, and what has none on standard error.
Does not: answering (run).
"""

import argparse
import json
import sys
from pathlib import Path

from tests.conformance.run import answer_cases


def main() -> int:
    """Print the answers to a file of cases as JSON."""
    parser = argparse.ArgumentParser(prog="python -m tests.conformance", description=__doc__)
    parser.add_argument("what", choices=["rating"])
    parser.add_argument("cases", type=Path)
    arguments = parser.parse_args()
    outcome = answer_cases(json.loads(arguments.cases.read_text()))
    json.dump(outcome.answers, sys.stdout, indent=1)
    sys.stdout.write("\n")
    for case_id, reason in outcome.unanswered.items():
        sys.stderr.write(f"{case_id}: {reason}\n")
    return 0


if __name__ == "__main__":
    sys.exit(main())
