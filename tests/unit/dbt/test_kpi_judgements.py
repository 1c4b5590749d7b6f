"""What the KPIs of shares judge: good or not, in which period, and what is not judged yet.

Belongs here: judgements over rows made up for them.
Does not: adding them up and comparing with targets (test_metrics).
"""

from pathlib import Path

from tests.unit.dbt.given import event, run_as_of
from tests.warehouse import Warehouse

_TABLES = {
    "metrics.service_levels": "metric_code varchar, legal_entity_code varchar,"
    " started_at timestamp, is_open boolean, is_breach boolean",
    "journals.journal_line_sources": "accounting_period varchar, legal_entity_code varchar,"
    " correlation_id varchar, is_voided boolean",
    "intermediate.int_customers_resolved": "source varchar, customer_id varchar",
    "contracts.amendment_completeness": "workflow_key varchar, event_key varchar,"
    " legal_entity_code varchar, is_complete boolean",
}


def test_shares_count_what_is_good_of_what_can_be_judged(tmp_path: Path) -> None:
    warehouse = Warehouse(tmp_path)
    warehouse.invoke(["seed"])
    for table, columns in _TABLES.items():
        warehouse.execute(f"create schema if not exists {table.partition('.')[0]}")
        warehouse.execute(f"create table {table} ({columns})")
    run_as_of(warehouse, "2026-03-03 12:00:00")
    named = event("subscription.amended", "named", known="2026-02-01 06:00:00")
    unnamed = event("subscription.amended", "unnamed", known="2026-02-01 06:00:00")
    warehouse.insert("raw.events", [named, {**unnamed, "correlation_id": ""}])
    # New York's February begins at 05:00 UTC on the first: what is due then is of January.
    level = {"metric_code": "invoice_readiness", "legal_entity_code": "US",
             "started_at": "2026-02-01 05:00:00"}  # fmt: skip
    in_time, late, waiting, overdue = (
        level | {"is_open": is_open, "is_breach": is_breach}
        for is_open, is_breach in ((False, False), (False, True), (True, False), (True, True))
    )
    warehouse.insert("metrics.service_levels", [in_time, in_time, late, waiting, overdue])
    line = {"accounting_period": "2026-02", "legal_entity_code": "US"}
    warehouse.insert(
        "journals.journal_line_sources",
        [
            line | {"correlation_id": "order-1", "is_voided": False},
            line | {"correlation_id": None, "is_voided": False},
            line | {"correlation_id": None, "is_voided": True},
        ],
    )
    customers = [{"source": "crm", "customer_id": "C1"}, {"source": "crm", "customer_id": None}]
    warehouse.insert("intermediate.int_customers_resolved", customers)
    field = {"legal_entity_code": "US"}
    warehouse.insert(
        "contracts.amendment_completeness",
        [
            field | {"workflow_key": "A", "event_key": named["event_key"], "is_complete": True},
            field | {"workflow_key": "A", "event_key": named["event_key"], "is_complete": True},
            field | {"workflow_key": "B", "event_key": unnamed["event_key"], "is_complete": True},
            field | {"workflow_key": "B", "event_key": unnamed["event_key"], "is_complete": False},
        ],
    )
    refused = {"manifest_number": 1, "source": "crm", "landed_path": "a.jsonl", "landed_line": 1,
               "reason_code": "PAYLOAD_INCOMPLETE", "known_at": "2026-02-01 06:00:00"}  # fmt: skip
    warehouse.insert(
        "raw.quarantine",
        [
            refused | {"raw_text": '{"type": "subscription.amended"}'},
            refused | {"raw_text": '{"type": "invoice.finalized"}', "landed_line": 2},
        ],
    )
    warehouse.build("stg_run__parameters stg_events__quarantine int_kpi_judgements")
    assert warehouse.rows(
        "select kpi_code, accounting_period, coalesce(legal_entity_code, source),"
        " count(*) filter (where is_good), count(*)"
        " from intermediate.int_kpi_judgements group by 1, 2, 3 order by 1, 2, 3"
    ) == [
        ("events_correlated", "2026-02", "crm", 1, 2),
        ("ids_resolved", "2026-03", "crm", 1, 2),
        ("invoice_readiness_kept", "2026-01", "US", 2, 4),
        ("lines_correlated", "2026-02", "US", 1, 2),
        ("payload_completeness", "2026-02", "US", 1, 2),
        ("payload_completeness", "2026-02", "crm", 0, 1),
    ]
