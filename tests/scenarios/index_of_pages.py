"""The index of the pages: every case, and where each kind of event occurs.

Belongs here: the first page of docs/accounting/scenarios.
Does not: the page of a case (pages).
"""

from collections import defaultdict
from collections.abc import Sequence

from tests.scenarios.cases import Case, Row
from tests.scenarios.markdown import table, words

INDEX = "README.md"

_INTRODUCTION = (
    "What happened, and what the books must say about it: events, terms, revenue, journal and "
    "balances of small cases, one company each. Every number was computed by hand; the tests run "
    "each case through the whole pipeline and compare. The pages are written by "
    "`python -m tests.scenarios.pages` from the folders in `tests/scenarios`."
)
# Nearly every case begins with them.
_COMMON = {"subscription.created", "invoice.finalized"}
_KINDS = ("amendment_type", "timing", "policy", "mode")


def index(cases: Sequence[Case]) -> str:
    """Return the page that leads to all others."""
    found: dict[str, dict[str, Case]] = defaultdict(dict)
    for case in cases:
        for event in case.events():
            if event["type"] not in _COMMON:
                found[_kind(event)][case.name] = case
    parts = [
        "# Scenarios",
        _INTRODUCTION,
        table(
            ("scenario", "what it is about"),
            [(_link(case), case.title.removeprefix("# ")) for case in cases],
            right=(),
        ),
        "## By event",
        "Every contract begins with its announcement and nearly every one is invoiced.",
        table(
            ("event", "scenarios"),
            [(kind, ", ".join(map(_link, found[kind].values()))) for kind in sorted(found)],
            right=(),
        ),
    ]
    return "\n\n".join(parts) + "\n"


def _kind(event: Row) -> str:
    """Return the type of an event and what decides its outcome."""
    kinds = [words(event["data"][name]) for name in _KINDS if name in event["data"]]
    return ": ".join([words(event["type"]), ", ".join(kinds)]) if kinds else words(event["type"])


def _link(case: Case) -> str:
    return f"[{case.name}]({case.name}.md)"
