"""What Great Expectations said in the run: its verdicts as a page of the pack.

Its own Data Docs load styles from seven hosts and cost a second; this page is ours, made from its
results, and works without a network.

Belongs here: keeping verdicts in the record of a run, showing them.
Does not: the expectations (expectations.borders), or checking them (defs.control).
"""

from collections.abc import Mapping, Sequence
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
_MOST_EXAMPLES = 5


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


def page(found: Sequence[Mapping[str, Any]] | None) -> Page:
    """Return the page of a run's verdicts; it says so when there are none."""
    sections = [
        _of_asset(asset, list(members))
        for asset, members in groupby(
            sorted(found or (), key=lambda each: (each["asset"], each["name"])),
            key=lambda each: each["asset"],
        )
    ]
    return Page(
        path=PATH,
        title="Data docs",
        intro=(
            "What Great Expectations checked before anything was sealed: the suites at the borders,"
            " on aggregates of every row. Nothing is sealed while one is not met. This page is"
            " written by Tieout from the results of Great Expectations."
        ),
        sections=sections
        or [
            Section(
                anchor="none",
                title="Nothing on record",
                intro="The record of this run holds no verdicts of Great Expectations.",
            )
        ],
    )


def _of_asset(asset: str, found: list[Mapping[str, Any]]) -> Section:
    met = sum(each["is_met"] for each in found)
    return Section(
        anchor=anchor(asset),
        title=asset,
        intro=f"{met} of {len(found)} expectations met.",
        tables=[
            Table(
                caption=f"Expectations of {asset}",
                columns=["Expectation", "Verdict", "Looked at", "Rows", "Not as expected",
                         "Examples", "Checked by"],
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
            )
        ],
    )  # fmt: skip


def _rows_of(observed: Mapping[str, Any]) -> int | None:
    """Return how many rows an expectation looked at; one about a number of rows observes that."""
    return observed.get("element_count", observed.get("observed_value"))


def _examples(observed: Mapping[str, Any]) -> str:
    seen = observed.get("partial_unexpected_list") or []
    return ", ".join(str(each) for each in seen[:_MOST_EXAMPLES])
