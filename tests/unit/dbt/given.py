"""Rows for the warehouse of a test, with everything a test does not care about filled in.

Belongs here: one small function per kind of event or reference row.
Does not: what the models make of them.
"""

import json
from typing import Any

from core.canonical import sha256_hex
from tests.warehouse import Row, Warehouse

_AT = "2026-01-01 00:00:00"
# Selects what the explanation of a usage charge reads.
CHARGES_EXPLAINED = (
    "+usage_charges +usage_charge_tiers +usage_charge_adjustments +usage_measurements"
    " +usage_charge_event_outcomes +usage_charge_capacities +usage_charge_moves"
    " +usage_corrections +prepaid_credit_movements"
)


def run_as_of(warehouse: Warehouse, as_of: str) -> None:
    """Set the instant everything is computed as of."""
    warehouse.replace(
        "run.parameters",
        [
            {
                "as_of": as_of,
                "raw_head": 1,
                "events_head": 1,
                "ledger_head": 0,
                "code_version": "code",
                "reference_version": "reference",
                "policy_version": "policy",
                "run_id": "run",
            }
        ],
    )


def event(
    event_type: str,
    event_id: str,
    *,
    source: str = "crm",
    at: str = _AT,
    known: str = _AT,
    **data: Any,
) -> Row:
    """Return a row of `raw.events`."""
    return {
        "manifest_number": 1,
        "event_key": sha256_hex(json.dumps([source, event_id])),
        "source": source,
        "event_id": event_id,
        "event_type": event_type,
        "schema_version": 1,
        "subject": event_id,
        "occurred_at": at,
        "known_at": known,
        "correlation_id": event_id,
        "data": json.dumps(data),
    }


def fixed_line(line_id: str, quantity: str, price: str, **changes: Any) -> dict[str, Any]:
    """Return a fixed contract line."""
    return {
        "contract_line_id": line_id,
        "product_code": "SEATS",
        "line_kind": "fixed",
        "quantity": quantity,
        "unit_price": price,
        "price_period": "year",
    } | changes


def usage_line(line_id: str, price_id: str = "P1", meter: str = "calls") -> dict[str, Any]:
    """Return a usage contract line."""
    return {
        "contract_line_id": line_id,
        "product_code": "CALLS",
        "line_kind": "usage",
        "meter_code": meter,
        "price_id": price_id,
    }


def subscription(contract_id: str, lines: list[dict[str, Any]], **changes: Any) -> Row:
    """Return the event that creates a contract; by default one calendar year of C1."""
    envelope = {key: changes.pop(key) for key in ("source", "at", "known") if key in changes}
    data = {
        "contract_id": contract_id,
        "subscription_id": f"sub-{contract_id}",
        "customer_id": "c-1",
        "legal_entity_code": "US",
        "currency": "USD",
        "term_start": "2026-01-01",
        "term_end": "2026-12-31",
        "billing_frequency": "annual",
        "billing_timing": "advance",
        "lines": lines,
    } | changes
    return event("subscription.created", f"created-{contract_id}", **envelope, **data)


def amendment(
    contract_id: str, amendment_id: str, day: str, lines: list[dict[str, Any]], **changes: Any
) -> Row:
    """Return the event of an amendment; by default an immediate upgrade within the year."""
    envelope = {key: changes.pop(key) for key in ("source", "at", "known") if key in changes}
    data = {
        "contract_id": contract_id,
        "amendment_id": amendment_id,
        "amendment_type": "upgrade",
        "timing": "immediate",
        "effective_date": day,
        "term_end": "2026-12-31",
        "lines": lines,
    } | changes
    event_id = changes.get("event_id", f"amended-{amendment_id}")
    data.pop("event_id", None)
    return event("subscription.amended", event_id, **envelope, **data)


def cancellation(
    contract_id: str, day: str, policy: str, access_until: str, **envelope: Any
) -> Row:
    """Return the event of a cancellation."""
    return event(
        "subscription.cancelled",
        f"cancelled-{contract_id}-{day}",
        **envelope,
        contract_id=contract_id,
        effective_date=day,
        policy=policy,
        access_until=access_until,
    )


def pause(contract_id: str, pause_id: str, day: str, mode: str = "suspend_extend") -> Row:
    """Return the event that suspends a contract."""
    return event(
        "subscription.paused", f"paused-{contract_id}-{pause_id}", at=f"{day} 00:00:00",
        contract_id=contract_id, pause_id=pause_id, effective_date=day, mode=mode,
    )  # fmt: skip


def resume(contract_id: str, pause_id: str, day: str, **envelope: Any) -> Row:
    """Return the event that ends a suspension."""
    return event(
        "subscription.resumed", f"resumed-{contract_id}-{pause_id}",
        **{"at": f"{day} 00:00:00"} | envelope,
        contract_id=contract_id, pause_id=pause_id, effective_date=day,
    )  # fmt: skip


def usage(event_id: str, at: str, quantity: str = "1", **changes: Any) -> Row:
    """Return a row of `raw.usage`."""
    return {
        "manifest_number": 1,
        "source": "metering",
        "event_id": event_id,
        "subject": "m-1",
        "meter_code": "calls",
        "quantity": quantity,
        "occurred_at": at,
        "known_at": at,
        "usage_day": at[:10],
    } | changes


def legal_entity(code: str = "US", zone: str = "America/New_York", currency: str = "USD") -> Row:
    """Return a row of `raw.reference_legal_entities`."""
    return {
        "legal_entity_code": code,
        "legal_entity_name": code,
        "functional_currency": currency,
        "time_zone": zone,
        "calendar": "monthly",
        "erp_code": "main",
        "book": "primary",
    }


def price(
    price_id: str, model: str, tiers: list[tuple[str, str, str]], **changes: Any
) -> dict[str, list[Row]]:
    """Return the rows of one price plan; a tier is (up to, unit price, flat amount).

    Args:
        price_id: its id.
        model: how it prices.
        tiers: its tiers.
        changes: other columns; `terms` those of price_terms, `tier_terms` those of its tiers,
            `limits` those of price_capacity_limits as (tier, unit, most),
            `charge_terms` those of price_charge_terms, `event_terms` those of
            price_event_terms, `discounts` their types and values.
    """
    valid_from = changes.pop("valid_from", "2025-01-01")
    terms, tier_terms = changes.pop("terms", None), changes.pop("tier_terms", [])
    charge_terms, discounts = changes.pop("charge_terms", None), changes.pop("discounts", [])
    by_event, limits = changes.pop("event_terms", None), changes.pop("limits", [])
    header = {
        "price_id": price_id,
        "product_code": "CALLS",
        "meter_code": "calls",
        "currency": "USD",
        "price_model": model,
        "included_quantity": "",
        "package_size": "",
        "valid_from": valid_from,
        "snapshot_hash": "a" * 64,
        "row_number": 1,
    } | changes
    rows = [
        {
            "price_id": price_id,
            "tier_number": str(number),
            "up_to_quantity": up_to,
            "unit_price": unit_price,
            "flat_amount": flat,
            "valid_from": valid_from,
            "row_number": number,
        }
        for number, (up_to, unit_price, flat) in enumerate(tiers, start=1)
    ]
    key = {"price_id": price_id, "valid_from": valid_from}
    return {
        "raw.reference_prices": [header],
        "raw.reference_price_tiers": rows,
        "raw.reference_price_terms": [key | terms] if terms else [],
        "raw.reference_price_tier_terms": [
            key | {"tier_number": str(number)} | term
            for number, term in enumerate(tier_terms, start=1)
        ],
        "raw.reference_price_capacity_limits": [
            key | {"tier_number": tier, "unit": unit, "max_quantity": most}
            for tier, unit, most in limits
        ],
        "raw.reference_price_event_terms": [key | by_event] if by_event else [],
        "raw.reference_price_charge_terms": [key | charge_terms] if charge_terms else [],
        "raw.reference_price_discounts": [
            key | {"discount_number": str(number), "discount_type": kind, "discount_value": value}
            for number, (kind, value) in enumerate(discounts, start=1)
        ],
    }


def product(code: str, kind: str = "fixed", method: str = "daily", **changes: Any) -> Row:
    """Return a row of `raw.reference_products`."""
    return {
        "product_code": code,
        "product_name": code,
        "obligation_kind": kind,
        "recognition_method": method,
        "valid_from": "2020-01-01",
        "snapshot_hash": "p" * 64,
        "row_number": 1,
    } | changes


def company(warehouse: Warehouse, *entities: Row) -> None:
    """Give the warehouse products, one customer, known to all sources, and its legal entities."""
    run_as_of(warehouse, "2026-07-01 12:00:00")
    fixed = [product(code) for code in ("SEATS", "SEATS-PRO", "HELPDESK")]
    warehouse.insert("raw.reference_products", [*fixed, product("CALLS", "usage", "as_used")])
    warehouse.insert("raw.reference_legal_entities", entities or [legal_entity()])
    warehouse.insert(
        "raw.reference_customers",
        [{"customer_id": "C1", "status": "active", "country": "US", "valid_from": "2025-01-01"}],
    )
    warehouse.insert(
        "raw.reference_customer_references",
        [
            {"source": "crm", "source_customer_id": "c-1", "customer_id": "C1"},
            {"source": "billing", "source_customer_id": "b-1", "customer_id": "C1"},
            {"source": "metering", "source_customer_id": "m-1", "customer_id": "C1"},
        ],
    )
