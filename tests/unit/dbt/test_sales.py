"""Opportunities and quotes: what they say of contracts, and what is missing on the way.

Belongs here: the account hierarchy, quotes of contract versions, hops from the deal to the books.
Does not: journals; the words of a trace (orchestration).
"""

from typing import Any

import pytest

from tests.books_given import company_with_books, invoice
from tests.unit.dbt.given import amendment, event, fixed_line, subscription
from tests.warehouse import Row, Warehouse


def _opportunity(name: str, *, parent: str | None, **envelope: Any) -> Row:
    return event(
        "opportunity.won", f"won-{name}-{envelope.get('source', 'crm')}",
        **{"at": "2025-12-10 00:00:00"} | envelope,
        opportunity_id=name, customer_id="c-1", parent_customer_id=parent, currency="USD",
        amount="3650.00", close_date="2025-12-10", owner="rep-7",
    )  # fmt: skip


def _quote(name: str, opportunity: str, contract: str) -> Row:
    return event(
        "quote.accepted", f"accepted-{name}", source="cpq", at="2025-12-15 00:00:00",
        quote_id=name, opportunity_id=opportunity, customer_id="q-1", contract_id=contract,
        currency="USD", total_amount="3650.00", lines=[],
    )  # fmt: skip


def _line(contract: str) -> list[dict[str, Any]]:
    return [fixed_line(f"{contract}-1", "1", "3650")]


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    warehouse = Warehouse(tmp_path_factory.mktemp("sales"))
    company_with_books(warehouse)
    warehouse.insert(
        "raw.reference_customer_references",
        [
            {"source": "crm", "source_customer_id": "c-0", "customer_id": "C0"},
            {"source": "cpq", "source_customer_id": "q-1", "customer_id": "C1"},
            {"source": "cpq", "source_customer_id": "c-1", "customer_id": "C1"},
            {"source": "cpq", "source_customer_id": "c-0", "customer_id": "C0"},
        ],
    )
    warehouse.insert(
        "raw.reference_systems_of_record",
        [{"object": "customer", "attribute": "hierarchy", "source": "crm"}],
    )
    warehouse.insert(
        "raw.events",
        [
            _opportunity("OP-1", parent="c-0"),
            _opportunity("OP-2", parent="c-0", source="cpq"),
            _quote("Q-1", "OP-1", "WHOLE"),
            _quote("Q-2", "OP-9", "OTHER"),
            subscription("WHOLE", _line("WHOLE"), quote_id="Q-1", at="2025-12-20 00:00:00"),
            invoice(
                "INV-1",
                "2026-01-01",
                [
                    {
                        "invoice_line_id": "1",
                        "contract_id": "WHOLE",
                        "contract_line_id": "WHOLE-1",
                        "product_code": "SEATS",
                        "line_kind": "fixed",
                        "service_start": "2026-01-01",
                        "service_end": "2026-12-31",
                        "net_amount": "3650.00",
                        "tax_amount": "0.00",
                    }
                ],
            ),
            # Amended without a quote, and by a quote of another contract.
            amendment("WHOLE", "A1", "2026-03-01", _line("WHOLE"), at="2026-02-20 00:00:00"),
            amendment(
                "WHOLE", "A2", "2026-05-01", _line("WHOLE"), quote_id="Q-2",
                at="2026-04-20 00:00:00",
            ),
            # Before quotes were in use, and with a quote that never came.
            subscription("OLD", _line("OLD"), at="2025-11-01 00:00:00"),
            subscription("LOST", _line("LOST"), quote_id="Q-7", at="2025-12-21 00:00:00"),
        ],
    )  # fmt: skip
    warehouse.build("+traces +event_dispositions +links +control_results")
    return warehouse


def test_only_the_owner_says_whom_a_customer_belongs_to(built: Warehouse) -> None:
    assert built.rows("""
        select opportunity_id, customer_id, parent_customer_id, amount_minor
        from contracts.opportunities order by 1
    """) == [("OP-1", "C1", "C0", 3650_00), ("OP-2", "C1", None, 3650_00)]


def test_a_version_without_its_quote_is_listed_and_not_held(built: Warehouse) -> None:
    found = built.rows("""
        select subject_key, sentence from controls.control_results
        where exception_code = 'ORPHAN_QUOTE' order by 1
    """)
    assert found == [
        (
            "LOST",
            "Contract LOST over 3,650.00 USD: 1 of its versions have no accepted quote, the first: "
            "LOST-v1 names quote Q-7, which nobody sent.",
        ),
        (
            "WHOLE",
            "Contract WHOLE over 3,650.00 USD: 2 of its versions have no accepted quote, the "
            "first: WHOLE-v2 names no quote.",
        ),
    ]
    assert built.rows("select * from controls.holds where hold_code = 'ORPHAN_QUOTE'") == []


def test_selling_has_no_effect_on_the_books(built: Warehouse) -> None:
    assert built.rows("""
        select event_type, disposition, reason_code from reconciliation.event_dispositions
        where event_type in ('opportunity.won', 'quote.accepted') group by all order by 1
    """) == [
        ("opportunity.won", "no_financial_effect", "OPPORTUNITY_WON"),
        ("quote.accepted", "no_financial_effect", "QUOTE_ACCEPTED"),
    ]


def test_every_hop_is_found_or_said_to_be_missing(built: Warehouse) -> None:
    hops = built.rows("""
        select hop, first_key, sentence from lineage.traces
        where contract_version_id = 'WHOLE-v1' order by hop_number
    """)
    assert hops == [
        ("opportunity", "OP-1", "OP-1"),
        ("quote", "Q-1", "Q-1"),
        ("subscription_event", "crm:created-WHOLE", "crm:created-WHOLE"),
        ("invoice", "INV-1", "INV-1"),
        ("erp_document", None, "no invoice of it is in the ERP"),
        ("payment", None, "no invoice of it is paid, not even in part"),
        ("revenue_schedule", "WHOLE-v1:WHOLE-1", "WHOLE-v1:WHOLE-1"),
    ]
    assert built.rows("""
        select hop, is_found from lineage.traces
        where contract_version_id = 'WHOLE-v3' and hop_number <= 2 order by hop_number
    """) == [("opportunity", False), ("quote", True)]


def test_the_deal_leads_to_the_terms_it_made(built: Warehouse) -> None:
    assert built.rows("""
        select from_type, to_type, to_key from lineage.links
        where from_key in ('OP-1', 'Q-1') order by all
    """) == [
        ("opportunity", "quote", "Q-1"),
        ("quote", "contract", "WHOLE"),
        ("quote", "contract_version", "WHOLE-v1"),
    ]
