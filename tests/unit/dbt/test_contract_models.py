"""Contracts, their versions and prices, built from events in any order.

Belongs here: what the models of contracts/ make of events and reference data.
Does not: usage and revenue.
"""

from datetime import date, datetime
from pathlib import Path

import pytest

from tests.unit.dbt.given import (
    amendment,
    cancellation,
    company,
    event,
    fixed_line,
    legal_entity,
    subscription,
)
from tests.warehouse import Row, Warehouse

SELECT = "+contracts +contract_modifications +ownership_conflicts"


def _line(contract: str, quantity: str, **changes: str) -> list[dict[str, str]]:
    return [fixed_line(f"{contract}-1", quantity, "240", **changes)]


def _events() -> list[Row]:
    """One contract per behaviour; each contract's events are listed out of order on purpose."""
    return [
        # An upgrade in the middle of the term (500 seats at 240, then 800 at 360).
        amendment("UPGRADE", "U1", "2026-02-15", [fixed_line("UPGRADE-1", "800", "360")]),
        subscription("UPGRADE", _line("UPGRADE", "500")),
        # Three changes that arrive in the opposite order of their days.
        amendment("CHAIN", "N3", "2026-09-01", _line("CHAIN", "40"), at="2026-01-05 00:00:00"),
        amendment("CHAIN", "N2", "2026-06-01", _line("CHAIN", "30"), at="2026-01-06 00:00:00"),
        amendment("CHAIN", "N1", "2026-03-01", _line("CHAIN", "20"), at="2026-01-07 00:00:00"),
        subscription("CHAIN", _line("CHAIN", "10")),
        # Two changes on one day: the later one stands.
        amendment("TWICE", "T2", "2026-04-01", _line("TWICE", "30"), at="2026-03-02 00:00:00"),
        amendment("TWICE", "T1", "2026-04-01", _line("TWICE", "20"), at="2026-03-01 00:00:00"),
        subscription("TWICE", _line("TWICE", "10")),
        # One amendment announced again with another day: the correction stands.
        amendment("CORRECT", "X1", "2026-04-01", _line("CORRECT", "20"), at="2026-03-01 00:00:00"),
        amendment(
            "CORRECT", "X1", "2026-05-01", _line("CORRECT", "20"),
            at="2026-03-02 00:00:00", event_id="X1-again",
        ),
        subscription("CORRECT", _line("CORRECT", "10")),
        # A change on the first day of the term replaces the first terms.
        amendment("FIRSTDAY", "F1", "2026-01-01", _line("FIRSTDAY", "20")),
        subscription("FIRSTDAY", _line("FIRSTDAY", "10")),
        # A downgrade at renewal opens a new term on the day after the old one.
        subscription("RENEW", _line("RENEW", "10")),
        amendment(
            "RENEW", "R1", "2027-01-01", _line("RENEW", "4"),
            amendment_type="downgrade", timing="at_renewal", term_end="2027-12-31",
        ),
        # An upgrade after that renewal was announced stays in the old term.
        amendment("RENEW", "R0", "2026-07-01", _line("RENEW", "12"), at="2026-06-30 00:00:00"),
        # Blend and extend: the term grows, and began where it began.
        subscription("EXTEND", _line("EXTEND", "10")),
        amendment(
            "EXTEND", "E1", "2026-07-01", _line("EXTEND", "10"),
            amendment_type="renewal", term_end="2027-06-30",
        ),
        # Cancelled at once; a change after the end has no effect.
        subscription("CANCEL", _line("CANCEL", "10")),
        cancellation("CANCEL", "2026-05-01", "immediate_credit", "2026-04-30"),
        amendment("CANCEL", "C1", "2026-05-01", _line("CANCEL", "20")),
        amendment("CANCEL", "C0", "2026-04-30", _line("CANCEL", "15")),
        # Cancelled at the end of a paid period: service runs on to the last day of access.
        subscription("RUNOUT", _line("RUNOUT", "10")),
        cancellation("RUNOUT", "2026-05-01", "at_period_end", "2026-06-30"),
        # Cancelled before it began: nothing was ever delivered.
        subscription("NEVER", _line("NEVER", "10")),
        cancellation("NEVER", "2025-12-01", "immediate_credit", "2025-11-30"),
        # An amendment whose contract has not arrived.
        amendment("UNSEEN", "Z1", "2026-04-01", _line("UNSEEN", "1")),
        # An amendment that ends before it begins.
        subscription("EMPTY", _line("EMPTY", "10")),
        amendment("EMPTY", "Y1", "2026-04-01", _line("EMPTY", "1"), term_end="2026-03-01"),
        # A term of one month and a half, by the month: 1 month + 15 of 28 days.
        subscription(
            "STUB", _line("STUB", "3", price_period="month"),
            term_start="2026-01-01", term_end="2026-02-15",
        ),
        # A customer nobody knows.
        subscription("STRANGER", _line("STRANGER", "1"), customer_id="c-9"),
        # Announced twice by one source: the first stands.
        subscription("AGAIN", _line("AGAIN", "10"), at="2026-01-02 00:00:00"),
        event(
            "subscription.created", "again-2", at="2026-01-03 00:00:00",
            contract_id="AGAIN", customer_id="c-1", legal_entity_code="US", currency="USD",
            term_start="2026-02-01", term_end="2026-12-31", lines=[],
        ),
    ]  # fmt: skip


def _build(folder: Path, events: list[Row], owners: list[Row]) -> Warehouse:
    warehouse = Warehouse(folder)
    company(warehouse, legal_entity("US"), legal_entity("DE", "Europe/Berlin", "EUR"))
    warehouse.insert("raw.events", events)
    warehouse.insert("raw.reference_systems_of_record", owners)
    warehouse.build(SELECT, unit_tests=True)
    return warehouse


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    return _build(tmp_path_factory.mktemp("contracts"), _events(), [])


def _versions(built: Warehouse, contract: str) -> list[tuple[date, date, str]]:
    """Return the spans of a contract's versions with the quantity of their first line."""
    return [
        (start, end, f"{quantity:f}".rstrip("0").rstrip("."))
        for start, end, quantity in built.rows(f"""
            select versions.valid_from, versions.valid_to, lines.quantity
            from contracts.contract_versions as versions
            join contracts.contract_version_lines as lines using (contract_version_id)
            where versions.contract_id = '{contract}' order by versions.version_number
        """)
    ]


def _outcomes(built: Warehouse, contract: str) -> dict[str, str]:
    return dict(
        built.rows(f"""
            select coalesce(amendment_id, amendment_type), outcome
            from contracts.contract_modifications where contract_id = '{contract}'
            order by effective_date
        """)
    )


def test_an_upgrade_reprices_the_rest_of_the_term(built: Warehouse) -> None:
    prices = built.rows("""
        select contract_version_id, term_price_minor, version_price_minor
        from contracts.contract_version_lines where contract_id = 'UPGRADE' order by 1
    """)
    assert prices == [("UPGRADE-v1", 120_000_00, 120_000_00), ("UPGRADE-v2", 288_000_00, 25249315)]
    assert built.rows("""
        select old_contract_version_id, new_contract_version_id, price_delta_minor
        from contracts.contract_modifications where contract_id = 'UPGRADE'
    """) == [("UPGRADE-v1", "UPGRADE-v2", 25249315 - (120_000_00 - 1479452))]


def test_versions_follow_their_days_not_their_arrival(built: Warehouse) -> None:
    assert _versions(built, "CHAIN") == [
        (date(2026, 1, 1), date(2026, 3, 1), "10"),
        (date(2026, 3, 1), date(2026, 6, 1), "20"),
        (date(2026, 6, 1), date(2026, 9, 1), "30"),
        (date(2026, 9, 1), date(2027, 1, 1), "40"),
    ]


def test_of_two_amendments_on_one_day_the_later_stands(built: Warehouse) -> None:
    assert [quantity for *_, quantity in _versions(built, "TWICE")] == ["10", "30"]
    assert _outcomes(built, "TWICE") == {"T1": "superseded", "T2": "applied"}


def test_an_amendment_announced_again_replaces_its_first_announcement(built: Warehouse) -> None:
    assert _versions(built, "CORRECT") == [
        (date(2026, 1, 1), date(2026, 5, 1), "10"),
        (date(2026, 5, 1), date(2027, 1, 1), "20"),
    ]


def test_an_amendment_on_the_first_day_replaces_the_first_terms(built: Warehouse) -> None:
    assert _versions(built, "FIRSTDAY") == [(date(2026, 1, 1), date(2027, 1, 1), "20")]


def test_a_downgrade_at_renewal_opens_a_new_term(built: Warehouse) -> None:
    assert built.rows("""
        select versions.valid_from, versions.valid_to, versions.term_start_date,
            versions.term_end_date, lines.version_price_minor
        from contracts.contract_versions as versions
        join contracts.contract_version_lines as lines using (contract_version_id)
        where versions.contract_id = 'RENEW' order by 1
    """) == [
        (date(2026, 1, 1), date(2026, 7, 1), date(2026, 1, 1), date(2026, 12, 31), 240000),
        # 12 x 240.00 x 184 / 365
        (date(2026, 7, 1), date(2027, 1, 1), date(2026, 1, 1), date(2026, 12, 31), 145184),
        (date(2027, 1, 1), date(2028, 1, 1), date(2027, 1, 1), date(2027, 12, 31), 96000),
    ]
    assert built.rows("""
        select price_delta_minor from contracts.contract_modifications
        where amendment_id = 'R1'
    """) == [(96000,)]


def test_an_extension_keeps_the_start_of_its_term(built: Warehouse) -> None:
    assert built.rows("""
        select versions.term_start_date, versions.term_end_date,
            lines.term_price_minor, lines.version_price_minor
        from contracts.contract_versions as versions
        join contracts.contract_version_lines as lines using (contract_version_id)
        where versions.contract_version_id = 'EXTEND-v2'
    """) == [
        # 18 months; 365 of 546 days are left.
        (date(2026, 1, 1), date(2027, 6, 30), 360000, 240659)
    ]


def test_a_cancellation_ends_service_and_what_comes_after_it(built: Warehouse) -> None:
    assert _versions(built, "CANCEL") == [
        (date(2026, 1, 1), date(2026, 4, 30), "10"),
        (date(2026, 4, 30), date(2026, 5, 1), "15"),
    ]
    assert _outcomes(built, "CANCEL") == {
        "C0": "applied",
        "C1": "after_end",
        "cancellation": "applied",
    }
    assert built.rows("""
        select service_end_date, term_end_date, cancellation_policy, cancellation_date
        from contracts.contracts where contract_id = 'CANCEL'
    """) == [(date(2026, 4, 30), date(2026, 12, 31), "immediate_credit", date(2026, 5, 1))]


def test_a_cancellation_at_period_end_runs_to_the_last_day_of_access(built: Warehouse) -> None:
    assert _versions(built, "RUNOUT") == [(date(2026, 1, 1), date(2026, 7, 1), "10")]


def test_a_contract_cancelled_before_it_began_has_no_version(built: Warehouse) -> None:
    assert _versions(built, "NEVER") == []
    assert built.rows("""
        select service_end_date from contracts.contracts where contract_id = 'NEVER'
    """) == [(date(2025, 12, 31),)]


def test_an_amendment_waits_for_its_contract(built: Warehouse) -> None:
    assert _outcomes(built, "UNSEEN") == {"Z1": "contract_unknown"}


def test_terms_that_end_before_they_begin_have_no_effect(built: Warehouse) -> None:
    assert _outcomes(built, "EMPTY") == {"Y1": "empty_term"}
    assert _versions(built, "EMPTY") == [(date(2026, 1, 1), date(2027, 1, 1), "10")]


def test_a_partial_month_counts_its_days(built: Warehouse) -> None:
    assert built.rows("""
        select term_price_minor from contracts.contract_version_lines where contract_id = 'STUB'
    """) == [(110571,)]


def test_an_unknown_customer_leaves_the_contract_without_one(built: Warehouse) -> None:
    assert built.rows("""
        select customer_id from contracts.contracts where contract_id = 'STRANGER'
    """) == [(None,)]


def test_a_contract_announced_again_keeps_its_first_terms(built: Warehouse) -> None:
    assert _versions(built, "AGAIN") == [(date(2026, 1, 1), date(2027, 1, 1), "10")]
    assert _outcomes(built, "AGAIN") == {"new": "already_announced"}


def test_versions_begin_at_midnight_of_the_entity(built: Warehouse) -> None:
    assert built.rows("""
        select valid_from_at, valid_to_at from contracts.contract_versions
        where contract_version_id = 'CHAIN-v3'
    """) == [(datetime(2026, 6, 1, 4), datetime(2026, 9, 1, 4))]  # noqa: DTZ001


def test_every_contract_event_created_its_contract_or_is_a_modification(built: Warehouse) -> None:
    assert (
        built.rows("""
        select event_key from raw.events
        except (
            select created_event_key from contracts.contracts
            union all select event_key from contracts.contract_modifications
        )
    """)
        == []
    )


def test_the_order_of_arrival_changes_nothing(built: Warehouse, tmp_path: Path) -> None:
    shuffled = [
        {**row, "manifest_number": number, "known_at": f"2026-02-{number % 28 + 1:02} 00:00:00"}
        for number, row in enumerate(reversed(_events()))
    ]
    other = _build(tmp_path, shuffled, [])
    for mart in ("contracts", "contract_versions", "contract_version_lines"):
        question = f"select * from contracts.{mart} order by all"
        assert other.rows(question) == built.rows(question)
    question = "select * from contracts.contract_modifications order by all"
    assert other.rows(question) == built.rows(question)


def test_the_declared_owner_decides_the_terms_and_the_conflict_is_listed(tmp_path: Path) -> None:
    owner = {"object": "contract", "attribute": "terms", "source": "billing"}
    announced = {"customer_id": "b-1", "source": "billing", "at": "2026-01-09 00:00:00"}
    events = [
        subscription("OWNED", _line("OWNED", "10")),
        event(
            "subscription.created", "owned-by-billing", source="billing",
            at="2026-01-09 00:00:00", contract_id="OWNED", customer_id="b-1",
            legal_entity_code="US", currency="EUR", term_start="2026-01-01",
            term_end="2026-12-31", billing_frequency="annual", billing_timing="advance",
            lines=_line("OWNED", "11"),
        ),
        subscription("ALONE", _line("ALONE", "10")),
        subscription("AHEAD", _line("AHEAD", "10"), **announced),
        amendment("AHEAD", "A1", "2026-03-01", _line("AHEAD", "20")),
    ]  # fmt: skip
    built = _build(tmp_path, events, [owner])
    assert built.rows("""
        select contract_id, source, currency, is_confirmed from contracts.contracts order by 1
    """) == [
        ("AHEAD", "billing", "USD", False),
        ("ALONE", "crm", "USD", False),
        ("OWNED", "billing", "EUR", True),
    ]
    assert _outcomes(built, "AHEAD") == {"A1": "unconfirmed"}
    assert built.rows("from contracts.ownership_conflicts") == [
        ("contract", "OWNED", "currency", "billing", "EUR", "crm", "USD")
    ]


def test_the_owner_of_a_customer_status_wins_and_the_conflict_is_listed(tmp_path: Path) -> None:
    owner = {"object": "customer", "attribute": "status", "source": "crm"}
    events = [
        event("customer.updated", "s2", at="2026-02-02 00:00:00", customer_id="c-1",
              status="inactive"),
        event("customer.updated", "s1", at="2026-02-01 00:00:00", customer_id="c-1",
              status="active"),
    ]  # fmt: skip
    built = _build(tmp_path, events, [owner])
    assert built.rows("""
        select distinct customer_id, status, is_active from intermediate.int_customers_resolved
    """) == [("C1", "inactive", False)]
    assert built.rows("from contracts.ownership_conflicts") == [
        ("customer", "C1", "status", "crm", "inactive", "reference", "active")
    ]
