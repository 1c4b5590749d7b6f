"""KPIs and service levels over rows made up for them: percentiles, shares, targets, breaches.

Belongs here: the arithmetic of the metrics, by hand.
Does not: a real run, or what the models before them say.
"""

from decimal import Decimal

import pytest

from tests.unit.dbt.given import legal_entity, run_as_of
from tests.warehouse import Row, Warehouse

KPIS = "stg_exports__period_decisions int_kpi_durations workflow_kpis"
LEVELS = "stg_reference__policies service_levels"
_TABLES = {
    "intermediate.int_kpi_samples": "kpi_code varchar, accounting_period varchar,"
    " legal_entity_code varchar, sample_key varchar, sample_value bigint, sample_weight bigint",
    "intermediate.int_kpi_counts": "kpi_code varchar, accounting_period varchar,"
    " legal_entity_code varchar, source varchar, numerator bigint, denominator bigint",
    "intermediate.int_service_levels_measured": "metric_code varchar, object_type varchar,"
    " object_key varchar, legal_entity_code varchar, started_at timestamp, ended_at timestamp",
    "journals.journal_entries": "document_key varchar, erp_code varchar, legal_entity_code varchar,"
    " entry_type varchar, accounting_period varchar, currency varchar, total_minor bigint,"
    " total_amount decimal(28, 4), delivery_status varchar, outbox_state varchar,"
    " attempt_count bigint, error_class varchar, error_text varchar, sealed_as_of timestamp,"
    " run_id varchar",
    "reconciliation.tie_out_summary": "break_count bigint",
}


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """A warehouse whose models before the metrics are tables to be filled."""
    made = Warehouse(tmp_path_factory.mktemp("metrics"))
    made.invoke(["seed"])
    for table, columns in _TABLES.items():
        made.execute(f"create schema if not exists {table.partition('.')[0]}")
        made.execute(f"create table {table} ({columns})")
    made.insert("raw.reference_legal_entities", [legal_entity()])
    run_as_of(made, "2026-03-03 12:00:00")
    made.build("stg_run__parameters stg_reference__legal_entities int_legal_entities")
    return made


@pytest.fixture(autouse=True)
def _empty(warehouse: Warehouse) -> None:
    sources = ("exports.period_decisions", "exports.observed_runs", "raw.reference_policies")
    for table in (*_TABLES, *sources):
        warehouse.replace(table, [])


def _kpi(warehouse: Warehouse, code: str) -> list[tuple[object, ...]]:
    return warehouse.rows(
        "select accounting_period, kpi_value, is_met, missing_reason from metrics.workflow_kpis"
        f" where kpi_code = '{code}' order by all"
    )


def _sample(kpi_code: str, number: int, value: int, weight: int = 1) -> Row:
    return {
        "kpi_code": kpi_code,
        "accounting_period": "2026-02",
        "legal_entity_code": "US",
        "sample_key": f"s{number:03d}",
        "sample_value": value,
        "sample_weight": weight,
    }


def test_a_percentile_is_a_value_that_was_measured(warehouse: Warehouse) -> None:
    # 20 exceptions of 1 to 20 days: ten of them are at most 10 days old, nineteen at most 19.
    ages = [_sample("exception_age", number, number) for number in range(20, 0, -1)]
    # 100 usage events: 94 invoiced after 30 hours, 6 after 1,000.
    usage = [
        _sample("usage_to_invoice", 1, 1800, weight=94),
        _sample("usage_to_invoice", 2, 60_000, weight=6),
    ]
    latency = [_sample("posting_latency", 1, 7)]
    warehouse.insert("intermediate.int_kpi_samples", [*ages, *usage, *latency])
    warehouse.build(KPIS)

    assert _kpi(warehouse, "exception_age_p50") == [("2026-02", Decimal(10), False, None)]
    assert _kpi(warehouse, "exception_age_p95") == [("2026-02", Decimal(19), False, None)]
    assert _kpi(warehouse, "usage_to_invoice_p50") == [("2026-02", Decimal(30), True, None)]
    assert _kpi(warehouse, "usage_to_invoice_p95") == [("2026-02", Decimal(1000), False, None)]
    assert _kpi(warehouse, "posting_latency_p95") == [("2026-02", Decimal(7), True, None)]


def test_a_share_is_exact_to_six_places_and_compared_with_its_target(warehouse: Warehouse) -> None:
    rows = [
        ("duplicate_rate", "2026-01", 1, 3),
        ("duplicate_rate", "2026-02", 1, 100),
        ("duplicate_rate", "2026-03", 0, 0),
        ("resolved_without_rework", "2026-02", 9, 10),
        ("manual_touches", "2026-02", 4, 10),
    ]
    names = ("kpi_code", "accounting_period", "numerator", "denominator")
    warehouse.insert(
        "intermediate.int_kpi_counts", [dict(zip(names, row, strict=True)) for row in rows]
    )
    warehouse.build(KPIS)

    assert _kpi(warehouse, "duplicate_rate") == [
        ("2026-01", Decimal("33.333333"), False, None),
        ("2026-02", Decimal(1), True, None),
        ("2026-03", None, None, "Nothing was measured."),
    ]
    assert _kpi(warehouse, "resolved_without_rework") == [("2026-02", Decimal(90), True, None)]
    assert _kpi(warehouse, "manual_touches") == [("2026-02", Decimal(4), None, None)]


def test_the_close_takes_from_the_local_end_of_the_period_to_its_last_closing(
    warehouse: Warehouse,
) -> None:
    warehouse.build(KPIS)
    assert _kpi(warehouse, "close_cycle") == [
        (None, None, None, "No period was closed with tieout close.")
    ]

    # January ends in New York at 05:00 UTC on 1 February.
    decisions = [(1, "closed", "2026-02-03 05:00:00"), (2, "reopened", "2026-02-04 05:00:00")]
    decisions += [(3, "closed", "2026-02-07 06:30:00")]
    warehouse.insert(
        "exports.period_decisions",
        [
            {
                "erp_code": "main",
                "legal_entity_code": "US",
                "accounting_period": "2026-01",
                "decision_number": number,
                "decision": decision,
                "decided_at": at,
            }
            for number, decision, at in decisions
        ],
    )
    warehouse.build(KPIS)
    assert _kpi(warehouse, "close_cycle") == [("2026-01", Decimal("145.5"), False, None)]


def test_a_service_level_is_kept_or_not_by_the_closest_policy(warehouse: Warehouse) -> None:
    rows = [
        ("invoice_to_erp", "INV-1", "US", "2026-03-01 00:00:00", "2026-03-02 00:00:00"),
        ("invoice_to_erp", "INV-2", "US", "2026-03-01 00:00:00", "2026-03-02 00:00:59"),
        ("invoice_to_erp", "INV-3", "US", "2026-03-01 00:00:00", "2026-03-02 00:01:00"),
        ("invoice_to_erp", "INV-4", "UK", "2026-03-01 00:00:00", "2026-03-01 01:01:00"),
        ("payment_to_cash", "P-1", "US", "2026-03-03 11:00:00", None),
        ("revenue_posting", "RSL", "US", "2026-03-03 11:00:00", "2026-03-03 10:00:00"),
    ]
    names = ("metric_code", "object_key", "legal_entity_code", "started_at", "ended_at")
    warehouse.insert(
        "intermediate.int_service_levels_measured",
        [dict(zip(names, row, strict=True)) | {"object_type": "thing"} for row in rows],
    )
    policies = [("invoice_to_erp", "UK", 60), ("invoice_to_erp", "*", 1440)]
    policies += [("payment_to_cash", "*", 30)]
    warehouse.insert(
        "raw.reference_policies",
        [
            {
                "policy_code": f"sla_{code}_minutes",
                "legal_entity_code": entity,
                "policy_value": str(minutes),
                "valid_from": "2025-01-01",
                "row_number": number,
            }
            for number, (code, entity, minutes) in enumerate(policies, start=1)
        ],
    )
    warehouse.build(LEVELS)
    assert warehouse.rows(
        "select object_key, actual_minutes, target_minutes, is_open, is_breach"
        " from metrics.service_levels order by object_key"
    ) == [
        ("INV-1", 1440, 1440, False, False),
        ("INV-2", 1440, 1440, False, False),
        ("INV-3", 1441, 1440, False, True),
        ("INV-4", 61, 60, False, True),
        ("P-1", 60, 30, True, True),
        ("RSL", 0, 1440, False, False),
    ]


def test_a_day_is_reconciled_by_the_first_run_after_it_without_a_break(
    warehouse: Warehouse,
) -> None:
    runs = [
        ("a", "2026-02-28 06:00:00", 0),
        ("b", "2026-03-01 06:00:00", 2),
        ("c", "2026-03-02 06:00:00", 0),
    ]
    names = ("run_id", "as_of", "break_count")
    warehouse.insert("exports.observed_runs", [dict(zip(names, run, strict=True)) for run in runs])
    warehouse.insert("reconciliation.tie_out_summary", [{"break_count": 1}])
    warehouse.build("stg_exports__observed_runs int_reconciled_days")
    assert warehouse.rows(
        "select reconciled_day::varchar, ended_at::varchar from intermediate.int_reconciled_days"
        " order by all"
    ) == [
        ("2026-02-28", "2026-03-02 06:00:00"),
        ("2026-03-01", "2026-03-02 06:00:00"),
        ("2026-03-02", None),
    ]


def test_the_queue_says_what_a_document_waits_for_and_since_when(warehouse: Warehouse) -> None:
    rows = [
        ("A", "rejected", "rejected", 2, "2026-03-03 11:00:00"),
        ("B", "in_flight", "prepared", 1, "2026-03-03 10:00:00"),
        ("C", "in_flight", "prepared", 0, "2026-03-03 11:59:00"),
        ("D", "in_flight", "unknown", 1, "2026-03-03 11:30:00"),
        ("E", "pending_approval", "pending_approval", 0, "2026-03-01 12:00:00"),
        ("F", "conflict", "conflict", 1, "2026-03-03 12:00:00"),
        ("G", "posted", "posted", 1, "2026-03-01 12:00:00"),
        ("H", "voided", "voided", 1, "2026-03-01 12:00:00"),
    ]
    names = ("document_key", "delivery_status", "outbox_state", "attempt_count", "sealed_as_of")
    warehouse.insert(
        "journals.journal_entries",
        [dict(zip(names, row, strict=True)) | {"erp_code": "main"} for row in rows],
    )
    warehouse.build("posting_queue")
    assert warehouse.rows(
        "select document_key, queue_name, is_failed, waiting_minutes, queue_depth, oldest_minutes"
        " from metrics.posting_queue order by document_key"
    ) == [
        ("A", "retry", True, 60, 2, 120),
        ("B", "retry", False, 120, 2, 120),
        ("C", "first_attempt", False, 1, 1, 1),
        ("D", "look_up", False, 30, 1, 30),
        ("E", "approval", False, 2880, 1, 2880),
        ("F", "person", True, 0, 1, 0),
    ]
