"""Tracing: words with money for every step, both ways, and nothing said about what is unknown."""

import json
import subprocess
import sys
from collections.abc import Iterator
from typing import Any

import duckdb
import pytest

from core.home import Home
from orchestration import publish
from orchestration.cli import invoke
from orchestration.trace import UnknownIdError, WarehouseBusyError, trace
from orchestration.trace_words import Node

_LINE_KEYS = [f"{number:08x}{'0' * 24}" for number in range(13)]
_DOCUMENT = "RSLAAAAAAAAAAAAA"
_TABLES = {
    "lineage.events": """
        select 'hash-1' as event_key, 'billing' as source, 'bil-1' as event_id,
            'invoice.finalized' as event_type, 'INV-1' as subject,
            timestamp '2026-03-03 14:00:00' as occurred_at,
            timestamp '2026-03-10 06:00:00' as known_at, 'ORD-1' as correlation_id,
            'landing/billing/invoices.jsonl.gz' as landed_path, 6::bigint as landed_line
        union all
        select 'hash-2', 'crm', 'crm-2', 'subscription.amended', 'CT-1',
            timestamp '2026-03-08 09:00:00', timestamp '2026-03-09 06:00:00', 'ORD-1',
            'landing/crm/a.jsonl', 1
    """,
    "lineage.links": f"""
        select unnest([
            {{from_type: 'event', from_key: 'hash-1', to_type: 'invoice', to_key: 'INV-1'}},
            {{from_type: 'journal_line', from_key: '{_DOCUMENT}:1', to_type: 'document',
                to_key: '{_DOCUMENT}'}},
            {{from_type: 'document', from_key: '{_DOCUMENT}', to_type: 'erp_document',
                to_key: 'main:7'}},
            {{from_type: 'usage', from_key: 'metering|tenant-a|api_calls|2026-03-01',
                to_type: 'usage_charge', to_key: 'CT-1|L-1|1|2026-03'}},
            {{from_type: 'contract_version', from_key: 'CT-1-v1', to_type: 'subledger_line',
                to_key: 'feld'}},
            {{from_type: 'contract_version', from_key: 'CT-1-v1', to_type: 'subledger_line',
                to_key: 'fresh'}},
            {{from_type: 'contract_version', from_key: 'CT-1-v1', to_type: 'subledger_line',
                to_key: 'float'}},
            {{from_type: 'opportunity', from_key: 'OP-1', to_type: 'quote', to_key: 'Q-1'}},
            {{from_type: 'ticket', from_key: 'TK-1', to_type: 'credit_request', to_key: 'RQ-1'}},
            {{from_type: 'event', from_key: 'vanished', to_type: 'invoice', to_key: 'INV-X'}}
        ], recursive := true)
        union all
        select 'invoice', 'INV-1', 'subledger_line', key from (select unnest({_LINE_KEYS}) as key)
        union all
        select 'subledger_line', key, 'journal_line', '{_DOCUMENT}:1'
        from (select unnest({_LINE_KEYS}) as key)
    """,
    "lineage.traces": """
        select 'CT-1-v1' as contract_version_id, unnest([1, 2, 6]) as hop_number,
            unnest(['opportunity', 'quote', 'payment']) as hop,
            unnest([false, true, false]) as is_found,
            unnest(['none is known', 'Q-1', 'nothing is paid']) as sentence
    """,
    "contracts.opportunities": """
        select 'OP-1' as opportunity_id, 'C-1' as customer_id, 'acc-1' as source_customer_id,
            'C-0' as parent_customer_id, 1200000::bigint as amount_minor, 'USD' as currency,
            date '2025-12-15' as close_date, 'rep-7' as sales_owner
    """,
    "contracts.quotes": """
        select 'Q-1' as quote_id, 'OP-9' as opportunity_id, false as is_opportunity_known,
            'CT-1' as contract_id, 1200000::bigint as total_minor, 'USD' as currency,
            timestamp '2025-12-18 09:30:00' as accepted_at
    """,
    "contracts.credit_requests": """
        select 'RQ-1' as request_id, timestamp '2026-03-04 08:00:00' as requested_at,
            'TK-1' as ticket_id, null::varchar as contract_id, 'INV-1' as invoice_id,
            5000::bigint as amount_minor, 'GBP' as currency, 'outage' as reason,
            'lead' as approved_by, 0::bigint as conceded_minor
    """,
    "contracts.contracts": """
        select 'CT-1' as contract_id, 'C-1' as customer_id, 'acc-1' as source_customer_id,
            'US' as legal_entity_code, 'USD' as currency, date '2026-01-01' as term_start_date,
            date '2026-12-31' as term_end_date, date '2026-12-31' as service_end_date
    """,
    "contracts.contract_versions": """
        select 'CT-1-v1' as contract_version_id, 'CT-1' as contract_id, 1 as version_number,
            'new' as modification_type, null::varchar as amendment_id, 'Q-1' as quote_id,
            date '2026-01-01' as valid_from, date '2027-01-01' as valid_to
    """,
    "contracts.workflow_states": """
        select 'hash-2' as event_key, 'AM-1' as amendment_id, 'held' as state,
            'CONTRACT_NOT_CONFIRMED' as state_code, timestamp '2026-03-09 06:00:00' as state_since,
            'approved' as next_step, 'revenue-operations' as next_step_owner, false as is_not_due
    """,
    "reconciliation.tie_out_invoices_to_subledger": """
        select 'invoice' as document_type, 'INV-1' as document_id,
            date '2026-03-03' as document_date, 'US' as legal_entity_code, 'GBP' as currency,
            130050::bigint as left_minor, null::varchar as hold_code
    """,
    "reconciliation.event_dispositions": """
        select 'hash-1' as event_key, 'billing' as source, 'INV-1' as subject,
            null::varchar as meter_code, null::date as usage_day, 'posted' as disposition,
            'POSTED' as reason_code, 1::bigint as event_count
        union all
        select null, 'metering', 'tenant-a', 'api_calls', date '2026-03-02', 'held',
            'CUSTOMER_UNKNOWN', 2
        union all
        select null, 'metering', 'tenant-a', 'api_calls', date '2026-03-02',
            'no_financial_effect', 'USAGE_SUPERSEDED', 1
    """,
    "usage.usage_charges": """
        select 'CT-1|L-1|1|2026-03' as usage_charge_id, '2026-03' as accounting_period,
            'CT-1' as contract_id, 'L-1' as contract_line_id, 'API' as product_code,
            'api_calls' as meter_code, date '2026-03-01' as service_start_date,
            date '2026-03-09' as through_date, 1234.5::decimal(17, 6) as quantity,
            1000::decimal(17, 6) as included_quantity, 234.5::decimal(17, 6) as billable_quantity,
            3::bigint as event_count, 1220::bigint as charge_minor, 'USD' as currency,
            'P-1' as price_id
    """,
    "journals.subledger_differences": f"""
        select key as subledger_line_key, '2026-03' as origin_period, 'billing' as entry_type,
            date '2026-03-03' as effective_date, 'accounts_receivable' as account_role,
            '1100' as account_code, '' as dimension_product, 'API' as product_code,
            'CT-1' as contract_id, 'invoice' as document_type, 'INV-1' as document_id,
            'GBP' as transaction_currency, 10000::bigint as should_minor,
            0::bigint as sealed_minor, 'USD' as functional_currency,
            13000::bigint as should_functional_minor, null::varchar as hold_code
        from (select unnest({_LINE_KEYS}) as key)
        union all
        select 'f' || key, '2026-04', 'recognition', date '2026-04-30', 'revenue', null, '', 'API',
            'CT-1', null, null, 'USD', -500, sealed, 'USD', -500, hold_code
        from (values
            ('eld', 0, 'GL_MAPPING_MISSING'), ('resh', 0, null), ('loat', -200, null)
        ) as lines (key, sealed, hold_code)
    """,
    "journals.journal_line_sources": f"""
        select '{_DOCUMENT}:1' as journal_line_key, 'accounts_receivable' as account_role,
            key as subledger_line_key, 10000::bigint as amount_minor, false as is_voided
        from (select unnest({_LINE_KEYS}) as key)
        union all
        select 'elsewhere:' || number, 'revenue', key, minor, is_voided
        from (values
            (1, 'float', -200, false), (2, 'fresh', -500, true)
        ) as sources (number, key, minor, is_voided)
    """,
    "journals.journal_lines": f"""
        select '{_DOCUMENT}:1' as journal_line_key, '{_DOCUMENT}' as document_key,
            1::bigint as line_number, date '2026-03-03' as posting_date, '1100' as account_code,
            '' as dimension_product, 'debit' as side, 'GBP' as currency,
            130000::bigint as signed_minor, 'USD' as functional_currency,
            169000::bigint as signed_functional_minor
    """,
    "journals.journal_entries": f"""
        select '{_DOCUMENT}' as document_key, 'main' as erp_code, 'US' as legal_entity_code,
            'billing' as entry_type, 'invoice:INV-1' as source_document,
            date '2026-03-03' as posting_date, '2026-03' as accounting_period, 'GBP' as currency,
            130000::bigint as total_minor, 'USD' as functional_currency,
            169000::bigint as functional_total_minor, 2::bigint as line_count,
            'posted' as delivery_status, 'posted' as outbox_state, 1::bigint as batch_number,
            'run-1' as run_id, '7' as erp_document_id, 'US-2026-000007' as erp_number,
            date '2026-03-04' as posted_on
    """,
}
_USAGE_EVENTS = """
    create schema lineage;
    create table lineage.usage_event_charges as
    select 'metering' as source, 'use-1' as event_id, 'tenant-a' as subject,
        'api_calls' as meter_code, 1234.5::decimal(17, 6) as quantity,
        timestamp '2026-03-01 05:00:00' as occurred_at, 'landing/usage/a.csv' as landed_path,
        11::bigint as landed_line, 'metering|tenant-a|api_calls|2026-03-01' as usage_key,
        'CT-1|L-1|1|2026-03' as usage_charge_id, null::varchar as correction,
        null::varchar as correcting_event_id
    union all
    select 'metering', 'use-2', 'tenant-a', 'api_calls', 2, timestamp '2026-03-02 05:00:00',
        'landing/usage/a.csv', 12, 'metering|tenant-a|api_calls|2026-03-02', null, null, null
    union all
    select 'metering', 'use-3', 'tenant-a', 'api_calls', 9, timestamp '2026-03-02 06:00:00',
        'landing/usage/a.csv', 13, 'metering|tenant-a|api_calls|2026-03-02', null, 'superseded',
        'use-4'
    union all
    select 'metering', 'use-4', 'tenant-a', 'api_calls', 4, timestamp '2026-03-01 06:00:00',
        'landing/usage/b.csv', 2, 'metering|tenant-a|api_calls|2026-03-01', null, 'cancelled',
        'void-4'
"""
_USAGE_CORRECTIONS = """
    create schema usage;
    create table usage.usage_corrections as
    select * from (values
        ('metering:use-4', 'metering', 'use-4', 'superseded', 'use-3', 'tenant-a', 'api_calls',
            timestamp '2026-03-02 06:00:00', 4::decimal(17, 6), timestamp '2026-03-01 06:00:00', 2),
        ('metering:void-4', 'metering', 'void-4', 'cancelled', 'use-4', 'tenant-a', 'api_calls',
            timestamp '2026-03-01 06:00:00', null, timestamp '2026-03-20 00:00:00', 3),
        ('metering:void-9', 'metering', 'void-9', 'cancelled', 'use-9', null, null,
            null, null, timestamp '2026-03-20 00:00:00', 4)
    ) as rows (
        usage_correction_key, source, event_id, correction, corrected_event_id, subject_before,
        meter_code_before, occurred_at_before, quantity_after, corrected_at, landed_line
    ) cross join (select 'landing/usage/b.csv' as landed_path)
"""


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Home]:
    """Published marts of one invoice of thirteen lines, and two usage events in the warehouse."""
    home = Home(tmp_path_factory.mktemp("traced"))
    with duckdb.connect() as books:
        for area in sorted({name.partition(".")[0] for name in _TABLES}):
            books.execute(f"create schema {area}")
            tables = [name.partition(".")[2] for name in _TABLES if name.startswith(f"{area}.")]
            for table in tables:
                books.execute(f"create table {area}.{table} as {_TABLES[f'{area}.{table}']}")
            publish.publish_area(books, home.marts, area, tables, "one")
    publish.publish_file(home.marts, "one")
    with duckdb.connect(str(home.warehouse)) as warehouse:
        warehouse.execute(_USAGE_EVENTS)
        warehouse.execute(_USAGE_CORRECTIONS)
    return home


def _printed(home: Home, capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    assert invoke(["trace", *arguments, "--home", str(home.path)]) == 0
    return capsys.readouterr().out


def _words(home: Home, identifier: str) -> dict[str, str]:
    return {node.kind: thing.words for node, thing in trace(home, identifier).things.items()}


def test_every_step_is_said_in_words_with_money(home: Home) -> None:
    assert _words(home, "bil-1") == {
        "event": (
            "event bil-1 of billing: invoice.finalized, 2026-03-03 14:00:00 UTC,"
            " from landing/billing/invoices.jsonl.gz line 6"
        ),
        "invoice": "invoice INV-1: 1,300.50 GBP, dated 2026-03-03",
        "subledger_line": (
            "subledger line 0000000c: billing for 2026-03, accounts receivable 1100,"
            " debit 100.00 GBP (130.00 USD)"
        ),
        "journal_line": (
            f"journal line {_DOCUMENT}:1: account 1100 (accounts receivable),"
            " debit 1,300.00 GBP (1,690.00 USD)"
        ),
        "document": (
            f"document {_DOCUMENT}: billing for ERP main, posting date 2026-03-03,"
            " total 1,300.00 GBP (1,690.00 USD), posted"
        ),
        "erp_document": (
            "ERP document US-2026-000007: id main:7, posted on 2026-03-04, total 1,300.00 GBP"
        ),
    }


@pytest.mark.parametrize("identifier", ["US-2026-000007", "main:7"])
def test_an_erp_document_leads_back_to_the_line_of_the_file(home: Home, identifier: str) -> None:
    assert "invoices.jsonl.gz line 6" in _words(home, identifier)["event"]


def test_a_subledger_line_is_found_by_the_key_that_is_printed(home: Home) -> None:
    assert trace(home, "0000000c").nodes == [Node(kind="subledger_line", key=_LINE_KEYS[12])]


def test_what_is_not_sealed_says_so_and_why(home: Home) -> None:
    things = trace(home, "CT-1-v1").things
    said = "recognition for 2026-04, revenue without account, credit 5.00 USD"
    assert {node.key: thing.words for node, thing in things.items()} == {
        "CT-1-v1": (
            "contract version CT-1-v1: new, 2026-01-01 to 2026-12-31; on its way missing:"
            " opportunity (none is known), payment (nothing is paid)"
        ),
        "feld": f"subledger line feld: {said}, held: GL_MAPPING_MISSING, not sealed",
        "fresh": f"subledger line fresh: {said}, not sealed",
        "float": f"subledger line float: {said}, sealed so far -2.00 USD",
    }


def test_a_usage_event_is_found_with_its_quantity_and_its_charge(home: Home) -> None:
    words = _words(home, "use-1")
    assert words["event"] == (
        "usage event use-1 of metering: 1,234.5 api_calls of tenant-a,"
        " 2026-03-01 05:00:00 UTC, from landing/usage/a.csv line 11"
    )
    assert words["usage_charge"] == (
        "usage charge CT-1|L-1|1|2026-03: 2026-03-01 to 2026-03-09,"
        " 1,234.5 api_calls (1,000 included), 12.20 USD"
    )


def test_a_usage_event_without_a_charge_says_why(home: Home) -> None:
    assert _words(home, "metering:use-2")["usage"] == (
        "usage metering|tenant-a|api_calls|2026-03-02: 3 events of api_calls on 2026-03-02,"
        " 1 of them corrected, held: CUSTOMER_UNKNOWN"
    )


def test_a_corrected_event_names_its_correction_and_leads_to_its_day(home: Home) -> None:
    words = _words(home, "use-3")
    assert words["event"] == (
        "usage event use-3 of metering: 9 api_calls of tenant-a, 2026-03-02 06:00:00 UTC, from"
        " landing/usage/a.csv line 13, superseded by use-4: it counts no more"
    )
    assert "usage_charge" not in words


def test_an_event_that_was_cancelled_is_found_with_its_cancellation(home: Home) -> None:
    things = trace(home, "use-4").things
    told = [thing.words for node, thing in things.items() if node.kind == "event"]
    assert told == [
        "usage event use-4 of metering: 4 api_calls of tenant-a, 2026-03-01 06:00:00 UTC, from"
        " landing/usage/b.csv line 2, supersedes use-3, cancelled by void-4: it counts no more",
        "usage event void-4 of metering: cancels use-4, 2026-03-20 00:00:00 UTC, from"
        " landing/usage/b.csv line 3",
    ]


def test_a_cancellation_is_found_while_what_it_cancels_has_not_come(home: Home) -> None:
    found = trace(home, "metering:void-9")
    assert [thing.words for thing in found.things.values()] == [
        "usage event void-9 of metering: cancels use-9, 2026-03-20 00:00:00 UTC, from"
        " landing/usage/b.csv line 4"
    ]


def test_a_day_of_usage_lists_its_events(home: Home) -> None:
    found = trace(home, "metering|tenant-a|api_calls|2026-03-01")
    assert [link.child.key for link in found.came_from] == ["metering:use-1", "metering:use-4"]


def test_what_no_mart_describes_is_named_all_the_same(home: Home) -> None:
    assert _words(home, "INV-X")["event"] == "event vanished"


def test_a_long_fan_is_cut_with_its_count_unless_all_is_asked_for(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    short = _printed(home, capsys, "INV-1")
    assert "... and 3 more; --all shows them" in short
    assert short.count("subledger line") == 10
    whole = _printed(home, capsys, "INV-1", "--all")
    assert "more;" not in whole
    assert whole.count("subledger line") == 13


def test_each_thing_is_opened_once_and_named_after_that(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    lines = _printed(home, capsys, "INV-1").splitlines()
    assert sum("ERP document" in line for line in lines) == 1
    assert sum(line.endswith(f"journal line {_DOCUMENT}:1 (above)") for line in lines) == 9


def test_programs_get_the_same_facts(home: Home, capsys: pytest.CaptureFixture[str]) -> None:
    found = json.loads(_printed(home, capsys, _DOCUMENT, "--json"))
    assert found["nodes"] == [{"kind": "document", "key": _DOCUMENT}]
    things: dict[str, Any] = {each["kind"]: each for each in found["things"]}
    assert things["erp_document"]["facts"]["posted_on"] == "2026-03-04"
    assert things["subledger_line"]["facts"]["amount_minor"] == 10000
    assert things["journal_line"]["words"].endswith("debit 1,300.00 GBP (1,690.00 USD)")
    named = {(each["kind"], each["key"]) for each in found["things"]}
    links = [*found["came_from"], *found["became"]]
    assert {(link["child"]["kind"], link["child"]["key"]) for link in links} <= named


def test_an_unknown_id_is_said_so_and_ends_with_1(
    home: Home, capsys: pytest.CaptureFixture[str]
) -> None:
    with pytest.raises(UnknownIdError):
        trace(home, "nope")
    assert invoke(["trace", "nope", "--home", str(home.path)]) == 1
    said = capsys.readouterr()
    assert said.err.startswith("Nothing is known under 'nope'. Give the ID of")
    assert not said.out


def test_a_run_at_work_does_not_hide_the_marts_and_is_named_where_it_does(home: Home) -> None:
    hold = "import duckdb, sys; c = duckdb.connect(sys.argv[1]); print(flush=True); input()"
    with subprocess.Popen(
        [sys.executable, "-c", hold, str(home.warehouse)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    ) as run:
        assert run.stdout is not None
        run.stdout.readline()
        assert "invoice" in _words(home, "bil-1")
        with pytest.raises(WarehouseBusyError, match="a run is writing"):
            trace(home, "use-1")
        run.communicate(b"\n")


def test_a_quote_says_whether_its_opportunity_came(home: Home) -> None:
    assert _words(home, "OP-1") == {
        "opportunity": "opportunity OP-1: 12,000.00 USD won on 2025-12-15 by rep-7, customer C-1,"
        " which belongs to C-0",
        "quote": "quote Q-1: 12,000.00 USD accepted 2025-12-18 09:30:00 UTC for contract CT-1,"
        " opportunity OP-9, which is missing",
    }


def test_a_ticket_leads_to_the_credit_it_asked_for(home: Home) -> None:
    found = trace(home, "TK-1")
    assert [found.things[link.child].words for link in found.became] == [
        "credit request RQ-1: 50.00 GBP for invoice INV-1, ticket TK-1 (outage), approved by lead"
    ]


def test_an_amendment_says_how_far_it_has_come(home: Home) -> None:
    assert _words(home, "AM-1")["event"] == (
        "event crm-2 of crm: subscription.amended, 2026-03-08 09:00:00 UTC, from"
        " landing/crm/a.jsonl line 1; held (CONTRACT_NOT_CONFIRMED) since 2026-03-09 06:00:00 UTC,"
        " next: approved by revenue-operations"
    )
