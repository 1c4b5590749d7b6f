"""Renewals: the term that follows, and the four checks it passes first.

Belongs here: terms of a renewal under the same and under a new number, its checks and their hold.
Does not: amendments of the type renewal, which announce no checks (test_contract_models).
"""

from datetime import date
from typing import Any

import pytest

from tests.books_given import company_with_books
from tests.unit.dbt.given import event, fixed_line, subscription
from tests.warehouse import Row, Warehouse


def _line(contract: str, quantity: str = "10", price: str = "100", **changes: Any) -> Row:
    return fixed_line(f"{contract}-1", quantity, price, **changes)


def _renewal(contract: str, new_contract: str, lines: list[Row], **changes: Any) -> Row:
    data = {
        "renewal_id": f"RN-{contract}",
        "contract_id": contract,
        "new_contract_id": new_contract,
        "customer_id": "c-1",
        "legal_entity_code": "US",
        "currency": "USD",
        "term_start": "2026-07-01",
        "term_end": "2027-06-30",
        "billing_frequency": "annual",
        "billing_timing": "advance",
        "auto_renew": False,
        "treatment": "new_contract",
        "lines": lines,
    } | changes
    return event("renewal.accepted", f"renewed-{contract}", at="2026-06-01 00:00:00", **data)


def _first_half(contract: str) -> Row:
    return subscription(contract, [_line(contract)], term_end="2026-06-30")


_RENEWED = {
    # Under its own number, and under a new one with a reason for its price.
    "SAME": _renewal("SAME", "SAME", [_line("SAME")], auto_renew=True),
    "OLD": _renewal("OLD", "NEW", [_line("NEW", price="120")], price_change_reason="index"),
    # Each of these fails one check.
    "GAP": _renewal("GAP", "GAP2", [_line("GAP2")], term_start="2026-07-15"),
    "EARLY": _renewal(
        "EARLY", "EARLY2", [_line("EARLY2")], term_start="2026-06-01", treatment="prospective"
    ),
    "FOREIGN": _renewal("FOREIGN", "FOREIGN2", [_line("FOREIGN2")], currency="EUR"),
    "OTHER": _renewal("OTHER", "OTHER2", [_line("OTHER2", product_code="HELPDESK")]),
    "DEARER": _renewal("DEARER", "DEARER", [_line("DEARER", price="130")]),
    "AUTO": _renewal("AUTO", "AUTO", [_line("AUTO", quantity="12")], auto_renew=True),
    "BLEND": _renewal("BLEND", "BLEND", [_line("BLEND")], term_start="2026-05-01"),
    # The renewal of a contract nobody knows.
    "NEVER": _renewal("NEVER", "NEVER2", [_line("NEVER2")]),
}


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("renewals"))
    company_with_books(warehouse)
    warehouse.insert("raw.events", _RENEWED.values())
    warehouse.insert(
        "raw.events", [_first_half(contract) for contract in _RENEWED if contract != "NEVER"]
    )
    warehouse.build(
        "+event_dispositions +links +contract_modifications int_contract_amendments_judged",
        unit_tests=True,
    )
    return warehouse


def _failed(built: Warehouse) -> dict[str, tuple[str, str]]:
    return {
        contract: (check, sentence)
        for contract, check, sentence in built.rows("""
            select previous_contract_id, check_code, sentence from contracts.renewal_checks
            where not is_passed order by 1, 2
        """)
    }


def test_a_renewal_begins_a_term_of_its_own(built: Warehouse) -> None:
    assert built.rows("""
        select contract_version_id, valid_from, term_start_date, modification_type, amendment_id
        from contracts.contract_versions where contract_id in ('SAME', 'NEW') order by 1
    """) == [
        ("NEW-v1", date(2026, 7, 1), date(2026, 7, 1), "renewal", "RN-OLD"),
        ("SAME-v1", date(2026, 1, 1), date(2026, 1, 1), "new", None),
        ("SAME-v2", date(2026, 7, 1), date(2026, 7, 1), "renewal", "RN-SAME"),
    ]


def test_a_new_number_keeps_the_customer_and_the_link(built: Warehouse) -> None:
    assert built.rows("""
        select new.customer_id = old.customer_id, new.previous_contract_id
        from contracts.contracts as new inner join contracts.contracts as old
        on new.previous_contract_id = old.contract_id where new.contract_id = 'NEW'
    """) == [(True, "OLD")]
    assert built.rows("""
        select to_key from lineage.links
        where from_type = 'contract' and from_key = 'OLD' and to_type = 'contract'
    """) == [("NEW",)]


def test_every_renewal_is_asked_four_checks(built: Warehouse) -> None:
    assert built.rows("""
        select count(distinct renewal_id), count(*) from contracts.renewal_checks
    """) == [(len(_RENEWED), 4 * len(_RENEWED))]
    assert _failed(built) == {
        "GAP": (
            "continuity",
            "the new term begins on 2026-07-15, the one before ended on 2026-06-30",
        ),
        "EARLY": (
            "continuity",
            "contract EARLY2 begins on 2026-06-01, while contract EARLY runs until 2026-06-30",
        ),
        "FOREIGN": (
            "continuity",
            "customer, legal entity or currency are not those of contract FOREIGN",
        ),
        "OTHER": ("continuity", "it sells nothing that contract OTHER sold"),
        "DEARER": ("price_change", "the price of SEATS changes without a reason"),
        "AUTO": ("auto_renew", "it renewed by itself, but SEATS is not what it was"),
        "BLEND": ("treatment", "it states new_contract, and by its dates it is prospective"),
        "NEVER": ("continuity", "contract NEVER, which it renews, is not known"),
    }


def test_a_failed_check_holds_the_renewed_contract_and_no_other(built: Warehouse) -> None:
    held = built.rows("""
        select subject_key from controls.holds
        where hold_code = 'RENEWAL_CHECK_FAILED' order by 1
    """)
    assert [contract for (contract,) in held] == [
        "AUTO", "BLEND", "DEARER", "EARLY2", "FOREIGN2", "GAP2", "NEVER2", "OTHER2"
    ]  # fmt: skip
    assert built.rows("""
        select disposition, reason_code from reconciliation.event_dispositions
        where event_id = 'renewed-GAP'
    """) == [("scheduled", "NOT_YET_EFFECTIVE")]
    assert built.rows("""
        select sentence from controls.control_results
        where subject_key = 'DEARER' and not is_passed
    """) == [
        (
            "Contract DEARER over 1,300.00 USD fails 1 of the checks of its renewal; renewal "
            "RN-DEARER, price_change: the price of SEATS changes without a reason.",
        )
    ]
