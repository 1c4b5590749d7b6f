"""What the policy says about events and changes of contracts, and what is done about them.

Belongs here: the taxonomy against contracts and dispositions, decisions about changes, credits
that no change allows.
Does not: the figures of a change (test_contract_models, scenarios).
"""

import csv
from datetime import date
from pathlib import Path
from typing import Any

import pytest

from ingestion.contracts.generate import POLICY_FOLDER
from ingestion.contracts.registry import REGISTRY, versions_of
from tests.books_given import company_with_books, credit, follow_up, invoice, payment
from tests.unit.dbt.given import (
    amendment,
    cancellation,
    event,
    fixed_line,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import Row, Warehouse

_AT = "2026-02-01 12:00:00"
_DECISIONS = "select * exclude (event_key) from contracts.amendment_decisions order by all"


def _policy(name: str) -> list[dict[str, str]]:
    with (POLICY_FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def _line(contract: str, price: str = "365", **changes: Any) -> Row:
    return fixed_line(f"{contract}-1", "1", price, **changes)


def _billed(contract: str) -> Row:
    line = {"contract_id": contract, "contract_line_id": f"{contract}-1", "net_amount": "365"}
    return invoice(f"INV-{contract}", "2026-01-01", [line])


def _events() -> list[Row]:
    at_renewal = {
        "amendment_type": "downgrade", "timing": "at_renewal", "term_end": "2027-12-31",
        "at": "2026-03-01 00:00:00",
    }  # fmt: skip
    return [
        # Misread: the downgrade waits for the renewal, and billing credits it at once.
        subscription("MISREAD", [_line("MISREAD")]),
        _billed("MISREAD"),
        amendment("MISREAD", "M1", "2027-01-01", [_line("MISREAD", "100")], **at_renewal),
        credit("CM-MISREAD", "INV-MISREAD", "2026-04-01", "100", "modification"),
        # The same, but the contract was cancelled with a credit before.
        subscription("ENDED", [_line("ENDED")]),
        _billed("ENDED"),
        amendment("ENDED", "E1", "2027-01-01", [_line("ENDED", "100")], **at_renewal),
        cancellation("ENDED", "2026-04-01", "immediate_credit", "2026-03-31"),
        credit("CM-ENDED", "INV-ENDED", "2026-04-01", "275", "modification"),
        # At renewal, and inside the running term: it cannot be both.
        subscription("BOTH", [_line("BOTH")]),
        amendment(
            "BOTH", "B1", "2026-05-01", [_line("BOTH", "100")],
            amendment_type="downgrade", timing="at_renewal",
        ),
        # Another plan, and usage beside it.
        subscription("SWITCH", [_line("SWITCH")]),
        amendment(
            "SWITCH", "S1", "2026-05-01",
            [_line("SWITCH", "730", product_code="SEATS-PRO"), usage_line("SWITCH-2")],
            amendment_type="plan_switch",
        ),
        amendment("UNSEEN", "U1", "2026-05-01", [_line("UNSEEN")]),
    ]  # fmt: skip


def _others() -> list[Row]:
    """One event of every other type; what they say does not matter here."""
    return [
        event("customer.updated", "customer", customer_id="c-1", status="active"),
        event("opportunity.won", "opportunity", opportunity_id="O", currency="USD", amount="1"),
        event("quote.accepted", "quote", quote_id="Q", currency="USD", total_amount="1"),
        event("subscription.paused", "paused", contract_id="BOTH", pause_id="P",
              effective_date="2026-03-01", mode="continue"),
        event("subscription.resumed", "resumed", contract_id="BOTH", pause_id="P",
              effective_date="2026-03-02"),
        event("renewal.accepted", "renewed", renewal_id="R", contract_id="X",
              new_contract_id="X", term_start="2026-03-01", term_end="2026-12-31"),
        payment("PAY", "INV-ENDED", "2026-01-10", "365"),
        follow_up("invoice.voided", "void", "INV-MISREAD", void_date="2026-05-01"),
        follow_up("payment.failed", "failed", "INV-ENDED", payment_id="PAY-2", amount="1",
                  failed_date="2026-01-11"),
        event("prepaid_credit.granted", "granted", grant_id="G", contract_id="NONE",
              contract_line_id="NONE-1", product_code="CREDIT", currency="USD",
              credit_amount="1", price_amount="0", priority=1, effective_date="2026-03-01",
              recurrence="none", lasts_months=1),
        event("tax.calculated", "computed", calculation_id="TC", invoice_id="INV-ENDED",
              currency="USD", lines=[{"tax_amount": "0"}]),
        event("support.credit_requested", "requested", request_id="RQ", ticket_id="T",
              currency="USD", amount="1"),
        follow_up("invoice.written_off", "written-off", "INV-ENDED", write_off_id="W", amount="1",
                  write_off_date="2026-05-01", reason="r", service_stopped="false"),
        follow_up("refund.issued", "refund", "INV-ENDED", refund_id="RF", amount="1",
                  refund_date="2026-05-01"),
        follow_up("dispute.opened", "disputed", "INV-ENDED", dispute_id="D", payment_id="PAY",
                  amount="1", reason_code="r", opened_date="2026-02-01"),
        follow_up("dispute.won", "won", "INV-ENDED", dispute_id="D", verdict_date="2026-03-01"),
        follow_up("dispute.lost", "lost", "INV-ENDED", dispute_id="D", verdict_date="2026-03-02"),
        follow_up("invoice.written_off", "loss", "INV-MISREAD", write_off_id="W", amount="1",
                  write_off_date="2026-05-01", service_stopped=False),
        event("adjustment.posted", "adjusted", source="operator", adjustment_id="ADJ",
              kind="adjustment", legal_entity_code="US", currency="USD",
              effective_date="2026-05-01", reason="r", prepared_by="p", approved_by="q",
              lines=[{"adjustment_line_id": str(number), "account_role": "clearing",
                      "side": side, "amount": "1"}
                     for number, side in enumerate(("debit", "credit"))]),
        event("adjustment.reversed", "undone", source="operator", adjustment_id="ADJ",
              reversal_id="REV", effective_date="2026-05-02", reason="r", prepared_by="p",
              approved_by="q"),
        event("exception.accepted", "accepted", source="operator", exception_key="E", reason="r",
              accepted_by="p"),
        event("hold.placed", "placed", source="operator", hold_id="H", subject_type="contract",
              subject_key="NONE", reason="r", placed_by="p"),
        event("hold.released", "released", source="operator", hold_id="H", reason="r",
              released_by="p"),
    ]  # fmt: skip


def _build(folder: Path, events: list[Row]) -> Warehouse:
    warehouse = Warehouse(folder)
    company_with_books(warehouse)
    warehouse.insert("raw.events", events)
    warehouse.insert("raw.usage", [usage("u", "2026-02-01 12:00:00", subject="nobody")])
    taken_back = {"source": "metering", "event_id": "v", "corrected_event_id": "never came"}
    seen = {"manifest_number": 1, "occurred_at": _AT, "known_at": _AT, "is_cancellation": True}
    warehouse.insert("raw.usage_corrections", [taken_back | seen])
    return warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = _build(tmp_path_factory.mktemp("policy"), [*_events(), *_others()])
    warehouse.build("+event_dispositions +control_results +amendment_decisions")
    return warehouse


def test_taxonomy_and_contracts_cover_each_other() -> None:
    required = {
        name: {
            field
            for field, info in REGISTRY[name, versions_of(name)[-1]].model_fields.items()
            if info.is_required()
        }
        for name, _ in REGISTRY
    }
    published = {
        row["event_type"]: set(row["required_fields"].split("|"))
        for row in _policy("event_taxonomy")
    }
    assert published == required


def test_every_type_and_timing_of_a_change_has_an_outcome() -> None:
    schemas = {name: REGISTRY[name, 1].model_json_schema()["properties"] for name, _ in REGISTRY
               if name.startswith("subscription.") and name != "subscription.created"}  # fmt: skip
    amended = schemas["subscription.amended"]
    wanted = {
        (kind, timing)
        for kind in amended["amendment_type"]["enum"]
        for timing in amended["timing"]["enum"]
    }
    wanted |= {("cancellation", p) for p in schemas["subscription.cancelled"]["policy"]["enum"]}
    wanted |= {
        (step, mode)
        for step in ("pause", "resume")
        for mode in schemas["subscription.paused"]["mode"]["enum"]
    }
    stated = {(row["amendment_type"], row["timing"]) for row in _policy("amendment_outcomes")}
    assert stated == wanted


def test_an_event_of_every_type_ends_somewhere(built: Warehouse) -> None:
    types = built.rows("""
        select event_type, bool_or(disposition = 'unexplained')
        from reconciliation.event_dispositions group by all order by 1
    """)
    assert types == [(row, False) for row in sorted(r["event_type"] for r in
                     _policy("event_taxonomy"))]  # fmt: skip


def test_the_log_says_which_rule_decided_from_what(built: Warehouse) -> None:
    rows = built.rows("""
        select contract_id, rule_id, decision, allows_credit, running_term_end_date
        from contracts.amendment_decisions
        where amendment_type in ('downgrade', 'plan_switch', 'cancellation', 'upgrade')
        order by 1, 2
    """)
    end = date(2026, 12, 31)
    assert rows == [
        ("BOTH", "AM-DOWNGRADE-RENEWAL", "timing_conflict", False, end),
        ("ENDED", "AM-DOWNGRADE-RENEWAL", "after_end", False, end),
        ("ENDED", "CA-CREDIT", "rest_credited", True, end),
        ("MISREAD", "AM-DOWNGRADE-RENEWAL", "new_term_at_renewal", False, end),
        ("SWITCH", "AM-PLAN-SWITCH-NOW", "prorated_invoice_or_credit", True, end),
        ("UNSEEN", "AM-UPGRADE-NOW", "contract_unknown", False, None),
    ]
    assert built.rows("""
        select inputs from contracts.amendment_decisions where contract_id = 'MISREAD'
    """) == [
        (
            "type=downgrade; timing=at_renewal; effective_date=2027-01-01; term_ends=2026-12-31; "
            "standing=applied",
        )
    ]


def test_a_replay_in_another_order_decides_the_same(built: Warehouse, tmp_path: Path) -> None:
    replayed = _build(tmp_path, [*_others(), *reversed(_events())])
    replayed.build("+amendment_decisions")
    assert replayed.rows(_DECISIONS) == built.rows(_DECISIONS)


def test_a_credit_before_the_renewal_it_waits_for_is_blocked(built: Warehouse) -> None:
    assert built.rows("""
        select subject_key, sentence from controls.control_results
        where exception_code = 'CREDIT_NOT_ALLOWED_BY_POLICY'
    """) == [
        (
            "credit:CM-MISREAD",
            "Credit memo CM-MISREAD over 100.00 USD: contract MISREAD is changed by downgrade M1 "
            "at its renewal on 2027-01-01 (rule AM-DOWNGRADE-RENEWAL), and nothing is to be "
            "credited on 2026-04-01.",
        )
    ]
    assert built.rows("""
        select subject_key from controls.holds where subject_key = 'credit:CM-MISREAD'
    """) == [("credit:CM-MISREAD",)]


def test_a_change_at_renewal_inside_its_term_holds_the_contract(built: Warehouse) -> None:
    assert built.rows("""
        select subject_key, sentence from controls.control_results
        where exception_code = 'AMENDMENT_TIMING_CONFLICT'
    """) == [
        (
            "BOTH",
            "Contract BOTH over 365.00 USD: downgrade B1 at renewal is effective on 2026-05-01, "
            "and the term runs until 2026-12-31.",
        )
    ]


def test_a_change_carries_both_plans_and_its_revenue(built: Warehouse) -> None:
    assert built.rows("""
        select old_plan_id, new_plan_id, revenue_classification, price_delta_minor
        from contracts.contract_modifications where contract_id = 'SWITCH'
    """) == [("SEATS", "SEATS-PRO", "subscription,usage", 490_00 - 245_00)]
