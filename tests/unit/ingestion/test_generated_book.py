"""The demo company at its full size: its shape, and that its contract book is not disturbed."""

import hashlib
import json
from collections import Counter
from itertools import pairwise
from pathlib import Path

import duckdb
import pytest

from ingestion.company import read_company
from ingestion.demo_company import write_demo
from ingestion.demo_company.arithmetic import term_months
from ingestion.demo_company.contract_book import read_contract_book, versions
from ingestion.demo_company.generated_book import generate_contract_book, read_population
from tests.unit.ingestion.test_demo_company import read_events, read_labels, read_usage

LARGEST = "tenant-timber-10001"


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    out = tmp_path_factory.mktemp("demo")
    write_demo(out)
    return out


@pytest.fixture(scope="module")
def events(folder: Path) -> list[dict]:
    return read_events(folder)


@pytest.fixture(scope="module")
def usage(folder: Path) -> duckdb.DuckDBPyConnection:
    return read_usage(folder)


def test_two_writings_have_the_same_bytes(folder: Path, tmp_path: Path) -> None:
    write_demo(tmp_path)

    assert _hashes(tmp_path) == _hashes(folder)


def test_four_arrivals_three_entities_five_currencies(folder: Path, events: list[dict]) -> None:
    company = read_company(folder)
    created = [e["data"] for e in events if e["type"] == "subscription.created"]

    assert len(company.arrivals) == 4
    assert len(company.erps["main"].period_closes) == 2
    assert {data["legal_entity_code"] for data in created} == {"NW-US", "NW-DE", "NW-JP"}
    assert {data["currency"] for data in created} == {"USD", "EUR", "GBP", "JPY", "KWD"}
    assert len(created) == 326
    assert min(data["term_start"] for data in created) == "2025-01-01"


def test_contracts_are_changed_in_every_way(events: list[dict]) -> None:
    changes = Counter(
        event["data"]["amendment_type"]
        for event in events
        if event["type"] == "subscription.amended" and "effective_date" in event["data"]
    )
    policies = {
        event["data"]["policy"] for event in events if event["type"] == "subscription.cancelled"
    }
    basis = Counter(
        line["basis"]
        for event in events
        if event["type"] == "credit.issued"
        for line in event["data"]["lines"]
    )

    assert changes["renewal"] > 80
    assert min(changes[kind] for kind in ("seat_change", "upgrade", "add_on")) > 10
    assert policies == {"at_period_end", "immediate_credit", "immediate_no_refund"}
    assert min(basis[kind] for kind in ("concession", "modification")) > 3


def test_usage_is_shaped_like_the_real_trace(usage: duckdb.DuckDBPyConnection) -> None:
    total, days, share, silent_days, in_one_second = usage.execute(
        f"""
        with once as (select distinct id, subject, time from landed)

        select
            count(*),
            count(distinct cast(time as date)),
            100 * count(*) filter (subject = '{LARGEST}') // count(*),
            432 - count(distinct cast(timezone('America/New_York', timezone('UTC', time)) as date))
                filter (subject = '{LARGEST}'),
            (select max(n) from (select count(*) as n from once group by time, subject))
        from once
        """
    ).fetchone()
    (spread,) = usage.execute(
        f"""
        with customers as (
            select subject, count(*) / count(distinct cast(time as date)) as per_day
            from landed where subject <> '{LARGEST}' group by all having per_day > 0
        )

        select quantile_cont(per_day, 0.9) / quantile_cont(per_day, 0.5) from customers
        """
    ).fetchone()

    assert total > 1_000_000
    assert days >= 432  # 1 January 2025 to 8 March 2026
    assert 28 <= share <= 32
    assert silent_days > 10
    assert in_one_second > 1_000
    assert 2 < spread < 4  # a log-normal population of sigma 0.8 has 2.8


def test_the_contract_book_is_the_same_at_every_scale(events: list[dict], tmp_path: Path) -> None:
    write_demo(tmp_path, scale=0)
    small = {(e["id"], json.dumps(e["data"])) for e in read_events(tmp_path)}

    assert small <= {(event["id"], json.dumps(event["data"])) for event in events}


def test_late_usage_of_both_closed_periods_is_labelled(folder: Path) -> None:
    months = Counter(
        label["exception"].split("|")[4]
        for label in read_labels(folder)
        if label["code"] == "LATE_USAGE_CLOSED_PERIOD"
    )

    # Three rows of each came late; one of January was superseded late.
    assert months == {"2025-12": 3, "2026-01": 4}


def test_terms_are_whole_months_and_versions_meet() -> None:
    book = generate_contract_book(read_population(), 1)
    for contract in book.contracts:
        spans = versions(contract)
        assert term_months(contract.term_start, contract.term_end) in (3, 6, 12)
        assert all((b.first_day - a.last_day).days == 1 for a, b in pairwise(spans))
        assert spans[-1].last_day == contract.service_end


def test_a_larger_scale_begins_with_the_smaller_one() -> None:
    population = read_population()
    small, large = (generate_contract_book(population, scale) for scale in (1, 2))

    assert large.contracts[: len(small.contracts)] == small.contracts
    assert len({c.customer_id for c in large.customers}) == 2 * population["contracts"]
    written = {contract.contract_id for contract in read_contract_book().contracts}
    assert written.isdisjoint(contract.contract_id for contract in large.contracts)


def _hashes(folder: Path) -> dict[str, str]:
    return {
        path.relative_to(folder).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(folder.rglob("*"))
        if path.is_file()
    }
