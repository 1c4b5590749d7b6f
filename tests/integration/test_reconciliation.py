"""A small company from landing to read-back, then an ERP that is changed behind our back.

Belongs here: what reconciliation says while documents are on their way, when all agree, and when
somebody altered, dropped, duplicated or invented a document in the ERP.
Does not: single models (tests.unit.dbt), or how the ERP is posted to (tests.integration.posting).
"""

from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests import pipeline
from tests.erp_intruder import erp_behind_our_back
from tests.proof_company import write_proof_company

NOW = datetime(2026, 2, 10, 6, tzinfo=UTC)
LATER = datetime(2026, 2, 10, 7, tzinfo=UTC)
# Every ERP document that the links lead to from an event, or from the usage of a day.
REACHED = """
    with recursive walked(origin_type, origin_key, node_type, node_key) as (
        select from_type, from_key, to_type, to_key
        from lineage.links where from_type in ('event', 'usage')
        union
        select walked.origin_type, walked.origin_key, links.to_type, links.to_key
        from walked
        inner join lineage.links as links
            on walked.node_type = links.from_type and walked.node_key = links.from_key
    )
    select origin_type, origin_key, node_key as erp_document
    from walked where node_type = 'erp_document' order by all
"""
POSTED = """
    select coalesce(event_key, concat_ws('|', source, subject, meter_code, usage_day)) as origin
    from reconciliation.event_dispositions where disposition = 'posted'
"""

pytestmark = pytest.mark.slow


@dataclass(frozen=True, kw_only=True)
class Stage:
    """What the proof said at one moment."""

    breaks: dict[str, dict[str, Any]]
    balances: list[dict[str, Any]]
    summary: dict[str, dict[str, Any]]
    exceptions: list[dict[str, Any]]
    dispositions: dict[str, dict[str, int]]
    documents: list[dict[str, Any]]
    reached: list[dict[str, Any]]
    home: Path


@dataclass(frozen=True, kw_only=True)
class Tampered:
    """The keys of the documents somebody touched in the ERP."""

    altered: str
    dropped: str
    duplicated: str
    invented: str = "RSLINVENTED00000"


@dataclass(frozen=True, kw_only=True)
class Story:
    """The company before delivery, after it, and after somebody was in the ERP."""

    in_flight: Stage
    agreed: Stage
    broken: Stage
    tampered: Tampered


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Run the company once, looking at the proof three times."""
    root = tmp_path_factory.mktemp("reconciliation")
    company, home = write_proof_company(root / "company"), root / "home"
    with pipeline.opened(company, home, NOW) as run:
        pipeline.ingest(run)
        pipeline.build_books(run)
        pipeline.seal(run)
        pipeline.prove(run)
    in_flight = _stage(home)
    with pipeline.opened(company, home, LATER) as run:
        pipeline.deliver(run)
        pipeline.prove(run)
    agreed = _stage(home)
    tampered = _tamper(home, agreed)
    pipeline.prove_again(company, home, LATER)
    return Story(in_flight=in_flight, agreed=agreed, broken=_stage(home), tampered=tampered)


def test_sealed_documents_that_are_not_delivered_are_in_flight_and_no_break(story: Story) -> None:
    stage = story.in_flight
    assert stage.documents
    assert {each["delivery_status"] for each in stage.documents} == {"in_flight"}
    assert stage.breaks == {}
    assert all(
        each["in_flight_minor"] == each["left_minor"] and each["right_minor"] == 0
        for each in stage.balances
    )
    assert all(each["is_tied"] for each in stage.summary.values())
    assert set(stage.dispositions["invoice.finalized"]) == {"in_flight", "held"}


def test_after_delivery_every_tie_out_holds_without_anything_in_flight(story: Story) -> None:
    stage = story.agreed
    assert {each["delivery_status"] for each in stage.documents} == {"posted"}
    assert stage.breaks == {}
    assert all(each["is_tied"] for each in stage.summary.values())
    assert all(each["explained_minor"] == 0 for each in stage.balances)


def test_every_event_has_one_disposition_and_the_held_invoice_says_why(story: Story) -> None:
    assert story.agreed.dispositions == {
        "invoice.finalized": {"posted": 2, "held": 1},
        "payment.succeeded": {"posted": 1},
        "subscription.created": {"posted": 1},
        "usage.recorded": {"posted": 2, "held": 1},
    }
    codes = {each["code"]: each for each in story.agreed.exceptions}
    assert set(codes) == {"DOCUMENT_TOTAL_MISMATCH", "CUSTOMER_UNKNOWN"}
    assert codes["DOCUMENT_TOTAL_MISMATCH"]["subject_key"] == "invoice:INV-9"
    assert all(each["owner"] and each["next_step"] for each in codes.values())


def test_every_posted_event_leads_to_the_erp_and_every_erp_document_back(story: Story) -> None:
    origins = {each["origin_key"] for each in story.agreed.reached}
    posted = {row["origin"] for row in pipeline.query(story.agreed.home, POSTED)}
    assert posted
    assert posted <= origins
    assert {each["erp_document"] for each in story.agreed.reached} == {
        f"{each['erp_code']}:{each['erp_document_id']}" for each in story.agreed.documents
    }


def test_a_single_usage_event_finds_its_charge(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select event_id, usage_charge_id from lineage.usage_event_charges order by event_id",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("u1", "K1|K1-2|1|2026-01"),
        ("u2", "K1|K1-2|1|2026-02"),
        ("u3", None),
    ]


def test_deferred_revenue_rolls_forward_to_the_ledger(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select accounting_period, opening_minor, billed_minor, recognized_minor, closing_minor, "
        "sealed_balance_minor, held_difference_minor, is_tied "
        "from reconciliation.roll_forward_deferred_revenue order by accounting_period",
    )
    # 2,400.00 for 365 days: 31 days of January, 9 of February through the last complete day.
    assert [tuple(row.values()) for row in rows] == [
        ("2026-01", 0, 240000, -20384, 219616, 219616, 0, True),
        ("2026-02", 219616, 1000, -5917, 214699, 213699, 1000, True),
    ]


def test_an_altered_document_is_named_with_both_amounts(story: Story) -> None:
    found = story.broken.breaks[story.tampered.altered]
    sealed = _document(story, story.tampered.altered)["total_minor"]
    assert found["break_code"] == "ALTERED_IN_ERP"
    assert (found["sealed_minor"], found["erp_minor"]) == (sealed, sealed + 100)


def test_a_dropped_document_is_named_with_both_amounts(story: Story) -> None:
    found = story.broken.breaks[story.tampered.dropped]
    assert found["break_code"] == "MISSING_IN_ERP"
    assert (found["sealed_minor"], found["erp_minor"]) == (
        _document(story, story.tampered.dropped)["total_minor"],
        0,
    )


def test_a_duplicated_document_is_named_with_both_amounts(story: Story) -> None:
    found = story.broken.breaks[story.tampered.duplicated]
    sealed = _document(story, story.tampered.duplicated)["total_minor"]
    assert found["break_code"] == "DUPLICATE_IN_ERP"
    assert (found["sealed_minor"], found["erp_minor"]) == (sealed, 2 * sealed)


def test_a_document_that_was_never_sent_is_named(story: Story) -> None:
    found = story.broken.breaks[story.tampered.invented]
    assert found["break_code"] == "UNKNOWN_IN_ERP"
    assert found["sealed_minor"] == 0
    assert found["erp_minor"] > 0


def test_nothing_else_is_called_a_break(story: Story) -> None:
    assert set(story.broken.breaks) == {
        story.tampered.altered,
        story.tampered.dropped,
        story.tampered.duplicated,
        story.tampered.invented,
    }
    assert story.broken.summary["documents_to_erp"]["break_count"] == 4


def test_balances_show_the_unexplained_rest_and_untouched_accounts_stay_tied(
    story: Story,
) -> None:
    for each in story.broken.balances:
        rest = each["left_minor"] - each["right_minor"] - each["explained_minor"]
        assert each["difference_minor"] == rest
        assert each["is_tied"] == (rest == 0)
    assert any(not each["is_tied"] for each in story.broken.balances)
    assert not story.broken.summary["journals_to_erp"]["is_tied"]
    # What was computed and sealed is untouched by what somebody does in the ERP.
    for name in ("usage_to_charges", "invoices_to_subledger", "schedules_to_journals"):
        assert story.broken.summary[name] == story.agreed.summary[name]


def test_every_break_is_an_exception_with_both_numbers_and_a_next_step(story: Story) -> None:
    named = {
        (each["code"], each["subject_key"]): each
        for each in story.broken.exceptions
        if each["code"].endswith("_IN_ERP")
    }
    assert set(named) == {(found["break_code"], key) for key, found in story.broken.breaks.items()}
    for each in named.values():
        assert "The books sealed" in each["sentence"]
        assert "the ERP holds" in each["sentence"]
        assert each["owner"]
        assert each["next_step"]


def _stage(home: Path) -> Stage:
    breaks = pipeline.query(home, "select * from reconciliation.erp_document_breaks")
    assert len({each["document_key"] for each in breaks}) == len(breaks)
    dispositions: dict[str, dict[str, int]] = {}
    for row in pipeline.query(
        home,
        "select event_type, disposition, cast(sum(event_count) as bigint) as events "
        "from reconciliation.event_dispositions group by all",
    ):
        dispositions.setdefault(row["event_type"], {})[row["disposition"]] = row["events"]
    return Stage(
        breaks={each["document_key"]: each for each in breaks},
        balances=pipeline.query(
            home, "select * from reconciliation.tie_out_journals_to_erp order by tie_out_key"
        ),
        summary={
            each["tie_out_name"]: each
            for each in pipeline.query(home, "select * from reconciliation.tie_out_summary")
        },
        exceptions=pipeline.query(home, "select * from controls.exceptions order by exception_key"),
        dispositions=dispositions,
        documents=pipeline.query(
            home, "select * from journals.journal_entries order by document_key"
        ),
        reached=pipeline.query(home, REACHED),
        home=home,
    )


def _document(story: Story, key: str) -> dict[str, Any]:
    return next(each for each in story.agreed.documents if each["document_key"] == key)


def _tamper(home: Path, agreed: Stage) -> Tampered:
    altered, dropped, duplicated, *_ = (each["document_key"] for each in agreed.documents)
    tampered = Tampered(altered=altered, dropped=dropped, duplicated=duplicated)
    with erp_behind_our_back(home) as erp:
        erp.alter(altered, by_minor=100)
        erp.drop(dropped)
        erp.copy(duplicated, as_key=duplicated)
        erp.copy(duplicated, as_key=tampered.invented)
    return tampered


def test_each_break_of_a_document_says_what_class_of_cause_it_has(story: Story) -> None:
    rows = pipeline.query(
        story.broken.home,
        "select document_keys, cause_class from reconciliation.break_triage "
        "where origin = 'erp_document_breaks'",
    )
    assert {row["document_keys"]: row["cause_class"] for row in rows} == {
        story.tampered.altered: "wrong_amount",
        story.tampered.dropped: "missing_document",
        story.tampered.duplicated: "duplicate_document",
        story.tampered.invented: "source",
    }


def test_balances_break_for_the_reason_their_documents_do(story: Story) -> None:
    rows = pipeline.query(
        story.broken.home,
        "select document_keys, rule, owner from reconciliation.break_triage "
        "where origin = 'tie_out_journals_to_erp'",
    )
    assert rows
    assert all(row["document_keys"] and row["rule"] and row["owner"] for row in rows)
    untied = pipeline.query(
        story.broken.home,
        "select account_code from reconciliation.trial_balance where not is_tied",
    )
    assert untied


def test_documents_in_three_systems_are_matched_or_name_the_cause(story: Story) -> None:
    rows = pipeline.query(
        story.broken.home,
        "select document_ref, status, cause, billing_minor, erp_minor "
        "from reconciliation.three_way_status order by document_ref",
    )
    by_ref = {row["document_ref"]: tuple(row.values())[1:] for row in rows}
    assert by_ref["invoice:INV-9"] == ("break", "DOCUMENT_TOTAL_MISMATCH", 1100, 0)
    # Whatever somebody did to the ERP's documents comes back to the documents of billing.
    assert {cause for status, cause, *_ in by_ref.values() if status == "break"} > {
        "DOCUMENT_TOTAL_MISMATCH"
    }
    assert set(by_ref) == {"invoice:INV-1", "invoice:INV-2", "invoice:INV-9", "payment:PAY-1"}


def test_usage_that_is_not_invoiced_is_listed_down_to_its_events(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select reason, event_id from reconciliation.usage_not_invoiced_events order by event_id",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("PERIOD_NOT_OVER", "u2"),
        ("CUSTOMER_UNKNOWN", "u3"),
    ]
    counted = pipeline.query(
        story.agreed.home,
        "select reason, event_count from reconciliation.usage_not_invoiced order by reason",
    )
    assert [tuple(row.values()) for row in counted] == [
        ("CUSTOMER_UNKNOWN", 1),
        ("PERIOD_NOT_OVER", 1),
    ]


def test_billing_of_each_day_agrees_with_the_receivables_of_that_day(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select document_date, billing_minor, erp_minor, held_or_not_due_minor, is_tied "
        "from reconciliation.tie_out_billing_days order by document_date",
    )
    # INV-9 says 11.00 and its lines 10.00: its own lines are in the subledger, held.
    assert [tuple(map(str, row.values())) for row in rows] == [
        ("2026-01-01", "240000", "240000", "0", "True"),
        ("2026-01-20", "-240000", "-240000", "0", "True"),
        ("2026-02-01", "14000", "14000", "0", "True"),
        ("2026-02-02", "1100", "0", "100", "True"),
    ]


def test_every_accepted_event_counts_in_the_throughput(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select source, event_type, cast(event_day as varchar) as day, event_count, "
        "cast(events_per_minute as varchar) as a_minute from metrics.event_throughput order by all",
    )
    # Two events in the 1,440 minutes of a day are 0.001389 a minute.
    assert [tuple(row.values()) for row in rows] == [
        ("billing", "invoice.finalized", "2026-01-05", 3, "0.002083"),
        ("billing", "payment.succeeded", "2026-01-05", 1, "0.000694"),
        ("crm", "subscription.created", "2026-01-05", 1, "0.000694"),
        ("metering", "usage.recorded", "2026-01-10", 1, "0.000694"),
        ("metering", "usage.recorded", "2026-02-05", 2, "0.001389"),
    ]


def test_six_kinds_of_objects_say_where_they_stand(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select object_type, status, reason_code, count(*) as objects "
        "from metrics.object_status group by all order by all",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("contract", "active", None, 1),
        ("customer", "active", None, 1),
        ("invoice", "held", "DOCUMENT_TOTAL_MISMATCH", 1),
        ("invoice", "posted", "POSTED", 2),
        ("journal_entry", "posted", None, len(story.agreed.documents)),
        ("revenue_schedule", "in_progress", None, 1),
        ("usage_batch", "held", "CUSTOMER_UNKNOWN", 1),
        ("usage_batch", "posted", "POSTED", 1),
    ]


def test_kpis_and_service_levels_measure_what_happened(story: Story) -> None:
    # Sealed at 06:00 and posted at 07:00: January's four documents, February's three.
    kpis = pipeline.query(
        story.agreed.home,
        "select kpi_code, accounting_period, numerator, denominator, "
        "cast(kpi_value as integer) as kpi_value "
        "from metrics.workflow_kpis where kpi_code in ('invoice_lines_scheduled', 'posting_final', "
        "'posting_first_pass', 'posting_latency_p50', 'usage_to_invoice_p50') order by all",
    )
    assert [tuple(row.values()) for row in kpis] == [
        ("invoice_lines_scheduled", "2026-01", 1, 1, 100),
        ("invoice_lines_scheduled", "2026-02", 2, 2, 100),
        ("posting_final", "2026-01", 4, 4, 100),
        ("posting_final", "2026-02", 3, 3, 100),
        ("posting_first_pass", "2026-01", 4, 4, 100),
        ("posting_first_pass", "2026-02", 3, 3, 100),
        ("posting_latency_p50", "2026-01", None, 4, 60),
        ("posting_latency_p50", "2026-02", None, 3, 60),
        ("usage_to_invoice_p50", "2026-01", None, 1, 0),  # billed before it was used
    ]
    # New York: a day ends at 05:00 UTC. Billing sent everything on 5 January at 10:00.
    levels = pipeline.query(
        story.agreed.home,
        "select metric_code, object_key, actual_minutes, is_open, is_breach "
        "from metrics.service_levels where metric_code <> 'reconciliation' "
        "and metric_code <> 'revenue_posting' order by all",
    )
    until_posted = 35 * 1440 + 21 * 60
    assert [tuple(row.values()) for row in levels] == [
        ("invoice_readiness", "K1|K1-2|1|2026-01", 9 * 1440 + 60, False, True),
        ("invoice_to_erp", "INV-1", until_posted, False, True),
        ("invoice_to_erp", "INV-2", until_posted, False, True),
        ("invoice_to_erp", "INV-9", until_posted, True, True),
        ("payment_to_cash", "PAY-1", until_posted, False, True),
    ]
    posted = pipeline.query(
        story.agreed.home,
        "select actual_minutes, is_breach, count(*) as documents from metrics.service_levels "
        "where metric_code = 'revenue_posting' group by all order by all",
    )
    assert [tuple(row.values()) for row in posted] == [(120, False, 2), (9 * 1440 + 120, True, 2)]


def test_posted_lines_name_their_transaction_and_their_mapping(story: Story) -> None:
    nameless = pipeline.query(
        story.agreed.home,
        "select subledger_line_key from journals.journal_line_sources "
        "where correlation_id is null or mapping_version is null or run_id is null",
    )
    assert nameless == []
    # 10 seats at 240.00 a year; the metric carries the id that the journal lines carry.
    shared = pipeline.query(
        story.agreed.home,
        "select distinct movements.movement_minor, movements.correlation_id "
        "from metrics.revenue_movements as movements "
        "inner join journals.journal_line_sources as sources using (correlation_id)",
    )
    assert [tuple(row.values()) for row in shared] == [(20000, "order-1")]


def test_what_may_be_lost_is_listed_with_its_amount(story: Story) -> None:
    rows = pipeline.query(
        story.agreed.home,
        "select leakage_type, reason, event_count, amount_minor "
        "from reconciliation.revenue_leakage order by all",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("document_held", "DOCUMENT_TOTAL_MISMATCH", None, 1100),
        ("usage_without_contract", "CUSTOMER_UNKNOWN", 1, None),
    ]
