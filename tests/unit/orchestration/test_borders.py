"""The Great Expectations suite: each expectation can fail, and is about the border it names."""

from collections.abc import Iterator

import duckdb
import pytest

from orchestration.expectations import borders
from orchestration.expectations.borders import EXPECTATIONS, validate

_TYPES = ["invoice.finalized"]
_GOOD = (
    "create schema raw",
    "create schema journals",
    "create schema ledger",
    """create table raw.manifest as select 1::bigint as manifest_number, 'a' as landed_path,
    3::bigint as landed_count, 1::bigint as accepted_count, 1::bigint as duplicate_count,
    1::bigint as quarantined_count""",
    """create table raw.events as select 'invoice.finalized' as event_type, 'billing' as source,
    'e1' as event_id, 1::bigint as landed_line""",
    "create table ledger.batches as select 0::bigint as raw_head",
    """create table raw.usage as select 'metering' as source, 'calls' as meter_code,
    1::bigint as manifest_number, 1::decimal(17, 6) as quantity,
    timestamp '2026-01-01 23:59:59' as occurred_at,
    date '2026-01-01' as usage_day""",
    "create table raw.quarantine as select 'MALFORMED_ROW' as reason_code",
    """create table journals.proposed_lines as
    select * from (values
        ('k1', 'g1', '1200', 'accounts_receivable', 100::bigint, 90::bigint),
        ('k2', 'g1', '2400', 'deferred_revenue', -100::bigint, -90::bigint)
    ) as t (
        subledger_line_key, entry_group_key, account_code, account_role, difference_minor,
        difference_functional_minor
    )
    cross join (
        select 'billing' as entry_type, 'USD' as transaction_currency,
        'EUR' as functional_currency, '2026-01' as accounting_period, 'd' as document_identity
    )""",
)
_FAULTS = {
    "landed_is_accepted_duplicate_or_quarantined": "update raw.manifest set landed_count = 4",
    "event_types_are_registered": "update raw.events set event_type = 'invoice.guessed'",
    "events_are_accepted_once": (
        "insert into raw.events select * from raw.events where source = 'billing'"
    ),
    "events_name_the_line_they_landed_on": "update raw.events set landed_line = null",
    "usage_has_a_quantity": "update raw.usage set quantity = null",
    "usage_lies_on_the_day_it_occurred": "update raw.usage set usage_day = date '2026-01-02'",
    "quarantine_codes_are_known": "update raw.quarantine set reason_code = 'ODD'",
    "proposed_lines_have_unique_keys": (
        "update journals.proposed_lines set subledger_line_key = 'k'"
    ),
    "proposed_lines_have_an_account": "update journals.proposed_lines set account_code = null",
    "proposed_lines_have_a_document": "update journals.proposed_lines set document_identity = null",
    "account_roles_are_known": "update journals.proposed_lines set account_role = 'petty_cash'",
    "entry_types_are_known": "update journals.proposed_lines set entry_type = 'guess'",
    "transaction_currencies_are_iso_4217": (
        "update journals.proposed_lines set transaction_currency = 'XXX'"
    ),
    "functional_currencies_are_iso_4217": (
        "update journals.proposed_lines set functional_currency = 'EURO'"
    ),
    "accounting_periods_are_months": (
        "update journals.proposed_lines set accounting_period = '2026-13'"
    ),
    "entry_groups_balance_in_both_currencies": (
        "update journals.proposed_lines set difference_functional_minor = 91"
        " where subledger_line_key = 'k1'"
    ),
}
_LAST_ROW_FAULTS = {
    name: f"{_FAULTS[name]} where {key}"
    for name, key in {
        "landed_is_accepted_duplicate_or_quarantined": "landed_path = 'a'",
        "events_name_the_line_they_landed_on": "event_id = 'e1'",
        "usage_has_a_quantity": "meter_code = 'calls'",
        "usage_lies_on_the_day_it_occurred": "meter_code = 'calls'",
        "proposed_lines_have_unique_keys": "subledger_line_key in ('k1', 'k2')",
        "proposed_lines_have_an_account": "subledger_line_key = 'k2'",
        "proposed_lines_have_a_document": "subledger_line_key = 'k2'",
        "account_roles_are_known": "subledger_line_key = 'k2'",
        "entry_types_are_known": "subledger_line_key = 'k2'",
        "transaction_currencies_are_iso_4217": "subledger_line_key = 'k2'",
        "functional_currencies_are_iso_4217": "subledger_line_key = 'k2'",
        "accounting_periods_are_months": "subledger_line_key = 'k2'",
    }.items()
}
_ALL = [expectation.name for expectation in EXPECTATIONS]


@pytest.fixture
def books() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect() as connection:
        for statement in _GOOD:
            connection.execute(statement)
        yield connection


def test_good_books_meet_every_expectation(books: duckdb.DuckDBPyConnection) -> None:
    verdicts = validate(books, _ALL, _TYPES)
    assert sorted(verdict.expectation.name for verdict in verdicts) == sorted(_ALL)
    assert all(verdict.is_met for verdict in verdicts)


def test_nothing_to_post_meets_every_expectation(books: duckdb.DuckDBPyConnection) -> None:
    books.execute("delete from journals.proposed_lines")
    books.execute("delete from raw.quarantine")
    assert all(verdict.is_met for verdict in validate(books, _ALL, _TYPES))


def test_every_expectation_has_a_fault_that_fails_it() -> None:
    assert sorted(_FAULTS) == sorted(_ALL)


@pytest.mark.parametrize("name", _ALL)
def test_an_expectation_fails_on_its_fault(books: duckdb.DuckDBPyConnection, name: str) -> None:
    books.execute(_FAULTS[name])
    [verdict] = validate(books, [name], _TYPES)
    assert not verdict.is_met


@pytest.mark.parametrize("name", _ALL)
def test_a_fault_is_seen_behind_any_number_of_good_rows(
    books: duckdb.DuckDBPyConnection, name: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(borders, "_MOST_ROWS", 3)
    books.execute(
        "insert into raw.manifest select n, 'z' || n, 1, 1, 0, 0 from range(2, 7) as t (n)"
    )
    books.execute(
        "insert into raw.events select 'invoice.finalized', 'a' || n, 'e1', 1 "
        "from range(6) as t (n)"
    )
    books.execute(
        "insert into raw.usage select 'metering', 'a' || n, 1, 1, '2026-01-01', '2026-01-01' "
        "from range(6) as t (n)"
    )
    books.execute(
        "insert into journals.proposed_lines select '0' || n, '0' || n, '1200', "
        "'accounts_receivable', 0, 0, 'billing', 'USD', 'EUR', '2026-01', 'd' "
        "from range(6) as t (n)"
    )
    assert all(verdict.is_met for verdict in validate(books, [name], _TYPES))
    books.execute(_LAST_ROW_FAULTS.get(name, _FAULTS[name]))
    [verdict] = validate(books, [name], _TYPES)
    assert not verdict.is_met


def test_usage_that_is_sealed_is_not_read_again(books: duckdb.DuckDBPyConnection) -> None:
    books.execute(_FAULTS["usage_has_a_quantity"])
    books.execute("update ledger.batches set raw_head = 1")
    assert all(verdict.is_met for verdict in validate(books, ["usage_has_a_quantity"], _TYPES))
