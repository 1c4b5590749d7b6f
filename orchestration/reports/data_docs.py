"""What Great Expectations said in the run: its verdicts as a page of the pack.

Its own Data Docs load styles from seven hosts and cost a second; this page is ours, made from its
results, and works without a network.

Belongs here: keeping verdicts in the record of a run, showing them.
Does not: the expectations (expectations.borders), or checking them (defs.control).
"""

from collections.abc import Collection, Mapping, Sequence
from itertools import groupby
from typing import Any

from orchestration.expectations.borders import Verdict
from orchestration.reports.elements import (
    Page,
    Row,
    Section,
    Table,
    anchor,
    code,
    count,
    text,
    verdict,
    words,
)

FACT = "expectations"
PATH = "data_docs/index.html"
MOST_EARLIER = 20
_MOST_EXAMPLES = 5
_BORDERS = {
    "What landed": {"raw.manifest", "raw.quarantine"},
    "Canonical events": {"raw.events", "raw.usage"},
    "Journals to be sealed": {"journals.proposed_lines"},
}
_NOTHING = Section(
    anchor="none",
    title="Nothing on record",
    intro="The record of this run holds no verdicts of Great Expectations.",
)


def facts(verdicts: Sequence[Verdict]) -> list[dict[str, Any]]:
    """Return verdicts as the record of a run keeps them."""
    return [
        {
            "name": each.expectation.name,
            "asset": ".".join(each.expectation.asset),
            "frame": each.expectation.frame,
            "kind": each.expectation.kind,
            "is_met": each.is_met,
            "observed": dict(each.observed),
        }
        for each in verdicts
    ]


def page(record: Mapping[str, Any], earlier: Sequence[Mapping[str, Any]]) -> Page:
    """Return the page of a run's verdicts, with those of earlier runs in brief."""
    found = record.get(FACT) or ()
    checked = [each for each in (record, *earlier) if each.get(FACT)]
    return Page(
        path=PATH,
        title="Data docs",
        intro=(
            "What Great Expectations checked before anything was sealed, at three borders and on"
            " aggregates of every row. Nothing is sealed while one expectation is not met. This"
            " page is written by Tieout from the results of Great Expectations."
        ),
        sections=[
            *(_of_border(title, assets, found) for title, assets in _BORDERS.items() if found),
            *([] if found else [_NOTHING]),
            *([_runs(checked)] if checked else []),
        ],
    )


def _of_border(title: str, assets: Collection[str], found: Sequence[Mapping[str, Any]]) -> Section:
    here = [each for each in found if each["asset"] in assets]
    met = sum(each["is_met"] for each in here)
    return Section(
        anchor=anchor(title),
        title=title,
        intro=f"{met} of {len(here)} expectations met.",
        tables=[
            _of_asset(asset, list(members))
            for asset, members in groupby(
                sorted(here, key=lambda each: (each["asset"], each["name"])),
                key=lambda each: each["asset"],
            )
        ],
    )


def _runs(checked: Sequence[Mapping[str, Any]]) -> Section:
    """Return how many expectations the last runs met, and which they did not."""
    return Section(
        anchor="runs",
        title="Run by run",
        intro=f"This run and the {MOST_EARLIER} before it, as far as they checked anything.",
        tables=[
            Table(
                caption="Expectations met, run by run",
                columns=["As of", "Run", "Met", "Of", "Not met"],
                rows=[
                    Row(
                        cells=[
                            text(record["as_of"]),
                            code(record["run_id"]),
                            count(sum(each["is_met"] for each in record[FACT])),
                            count(len(record[FACT])),
                            text(", ".join(
                                words(each["name"]) for each in record[FACT] if not each["is_met"]
                            )),
                        ]
                    )
                    for record in checked
                ],
            )
        ],
    )  # fmt: skip


def _of_asset(asset: str, found: Sequence[Mapping[str, Any]]) -> Table:
    return Table(
        caption=f"Expectations of {asset}",
        columns=[
            "Expectation", "Verdict", "Looked at", "Rows", "Not as expected", "Examples",
            "Checked by",
        ],
        rows=[
            Row(
                anchor=anchor(asset, each["name"]),
                cells=[
                    text(words(each["name"]).capitalize().replace("iso", "ISO")),
                    verdict(is_good=each["is_met"], good="met", bad="not met"),
                    text(words(each["frame"])),
                    count(_rows_of(each["observed"])),
                    count(each["observed"].get("unexpected_count", 0)),
                    text(_examples(each["observed"])),
                    code(each["kind"]),
                ],
            )
            for each in found
        ],
    )  # fmt: skip


def _rows_of(observed: Mapping[str, Any]) -> int | None:
    """Return how many rows an expectation looked at; one about a number of rows observes that."""
    return observed.get("element_count", observed.get("observed_value"))


def _examples(observed: Mapping[str, Any]) -> str:
    seen = observed.get("partial_unexpected_list") or []
    return ", ".join(str(each) for each in seen[:_MOST_EXAMPLES])
