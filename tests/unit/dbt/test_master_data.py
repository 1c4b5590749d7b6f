"""Whose word stands when systems differ, and what their product codes mean.

Belongs here: owners of deals, quotes and customers; product codes of sources and what is unknown.
Does not: owners of contract terms and customer status (test_contract_models).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.books_given import company_with_books, invoice
from tests.unit.dbt.given import event, fixed_line, subscription
from tests.warehouse import Row, Warehouse

_CONFLICTS = """
    select object, key, attribute, winning_source, winning_value, other_source, other_value
    from contracts.ownership_conflicts order by all
"""


def _deal(source: str, amount: str, parent: str, day: str) -> Row:
    return event(
        "opportunity.won", f"won-{source}", source=source, at=f"{day} 00:00:00",
        opportunity_id="OP-1", customer_id="c-1", parent_customer_id=parent, currency="USD",
        amount=amount, close_date="2025-12-10", owner="rep-7",
    )  # fmt: skip


def _quote(source: str, total: str, day: str) -> Row:
    return event(
        "quote.accepted", f"accepted-{source}", source=source, at=f"{day} 00:00:00",
        quote_id="Q-1", opportunity_id="OP-1", customer_id="c-1", contract_id="K1",
        currency="USD", total_amount=total, lines=[],
    )  # fmt: skip


def _customer(source: str, entity: str, day: str) -> Row:
    return event(
        "customer.updated", f"customer-{source}", source=source, at=f"{day} 00:00:00",
        customer_id="c-1", status="active", legal_entity_code=entity,
    )  # fmt: skip


def _claimed_twice(folder: Path, owners: list[Row]) -> Warehouse:
    made = Warehouse(folder)
    company_with_books(made)
    made.insert(
        "raw.reference_customer_references",
        [
            {"source": "cpq", "source_customer_id": "c-1", "customer_id": "C1"},
            {"source": "crm", "source_customer_id": "c-0", "customer_id": "C0"},
            {"source": "cpq", "source_customer_id": "c-2", "customer_id": "C2"},
        ],
    )
    made.insert("raw.reference_systems_of_record", owners)
    made.insert(
        "raw.events",
        [
            _deal("crm", "3650.00", "c-0", "2025-12-10"),
            _deal("cpq", "4000.00", "c-2", "2025-12-12"),
            _quote("cpq", "3650.00", "2025-12-13"),
            _quote("crm", "3600.00", "2025-12-14"),
            _customer("crm", "US", "2025-12-10"),
            _customer("cpq", "DE", "2025-12-12"),
        ],
    )
    made.build("+ownership_conflicts +quotes +opportunities")
    return made


def test_the_declared_owner_of_a_deal_a_quote_and_a_customer_stands(tmp_path: Path) -> None:
    made = _claimed_twice(
        tmp_path,
        [
            {"object": "opportunity", "attribute": "terms", "source": "crm"},
            {"object": "quote", "attribute": "terms", "source": "cpq"},
            {"object": "customer", "attribute": "hierarchy", "source": "crm"},
            {"object": "customer", "attribute": "legal_entity", "source": "crm"},
        ],
    )
    assert made.rows("select amount_minor, source from contracts.opportunities") == [
        (365000, "crm")
    ]
    assert made.rows("select total_minor, source from contracts.quotes") == [(365000, "cpq")]
    assert made.rows(_CONFLICTS) == [
        ("customer", "C1", "legal_entity_code", "crm", "US", "cpq", "DE"),
        ("customer", "C1", "parent_customer_id", "crm", "C0", "cpq", "C2"),
        ("opportunity", "OP-1", "amount_minor", "crm", "365000", "cpq", "400000"),
        ("quote", "Q-1", "total_minor", "cpq", "365000", "crm", "360000"),
    ]


def test_without_an_owner_the_newest_word_stands_and_the_other_is_listed(tmp_path: Path) -> None:
    made = _claimed_twice(tmp_path, [])
    assert made.rows("select amount_minor, source from contracts.opportunities") == [
        (400000, "cpq")
    ]
    assert [(row[0], row[2], row[3]) for row in made.rows(_CONFLICTS)] == [
        ("customer", "legal_entity_code", "cpq"),
        ("customer", "parent_customer_id", "cpq"),
        ("opportunity", "amount_minor", "cpq"),
        ("quote", "total_minor", "crm"),
    ]


def _mapped(source: str, code: str, product: str) -> Row:
    return {"source": source, "source_product_code": code, "product_code": product}


def _billed(contract: str, product: str) -> dict[str, Any]:
    return {
        "contract_id": contract,
        "contract_line_id": f"{contract}-1",
        "product_code": product,
        "net_amount": "365",
    }


@pytest.fixture
def acquired(tmp_path: Path) -> Warehouse:
    """CRM and the portal speak in our codes; billing and the acquired company in their own."""
    made = Warehouse(tmp_path)
    company_with_books(made)
    made.insert(
        "raw.reference_customer_references",
        [{"source": "sprout", "source_customer_id": "c-1", "customer_id": "C1"}],
    )
    made.insert(
        "raw.reference_product_references",
        [
            _mapped("billing", "seats-2019", "SEATS"),
            _mapped("billing", "HELPDESK", "HELPDESK"),
            _mapped("sprout", "flows", "HELPDESK"),
        ],
    )

    def seats(name: str, product: str = "SEATS") -> list[Row]:
        return [fixed_line(f"{name}-1", "1", "365", product_code=product)]

    made.insert(
        "raw.events",
        [
            *(subscription(name, seats(name)) for name in ("GOOD", "WRONG")),
            subscription("FLOWS", seats("FLOWS", "flows"), source="sprout"),
            subscription("RUNS", seats("RUNS", "runs"), source="sprout"),
            invoice("I-GOOD", "2026-01-01", [_billed("GOOD", "seats-2019")]),
            # SEATS is a code of ours, but nobody said what billing means by it.
            invoice("I-WRONG", "2026-01-01", [_billed("WRONG", "SEATS")]),
            invoice("I-FLOWS", "2026-01-01", [_billed("FLOWS", "HELPDESK")]),
        ],
    )
    made.build("+proposed_lines +control_results")
    return made


def test_codes_of_a_source_lead_to_our_product(acquired: Warehouse) -> None:
    assert acquired.rows(
        "select contract_id, source_product_code, product_code, is_product_known"
        " from contracts.contract_version_lines order by 1"
    ) == [
        ("FLOWS", "flows", "HELPDESK", True),
        ("GOOD", "SEATS", "SEATS", True),
        ("RUNS", "runs", "runs", False),
        ("WRONG", "SEATS", "SEATS", True),
    ]
    # The journals know our product and the documents of the source.
    assert acquired.rows(
        "select distinct document_id, document_line_id, product_code"
        " from journals.proposed_lines where entry_type = 'billing' and product_code is not null"
        " order by 1"
    ) == [("I-FLOWS", "1", "HELPDESK"), ("I-GOOD", "1", "SEATS")]


def test_a_code_nobody_mapped_holds_its_contract_or_document_under_one_code(
    acquired: Warehouse,
) -> None:
    assert acquired.rows(
        "select subject_type, subject_key, exception_code, sentence from controls.control_results"
        " where not is_passed order by subject_key"
    ) == [
        (
            "contract",
            "RUNS",
            "PRODUCT_UNKNOWN",
            "Contract RUNS over 365.00 USD has 1 product code that product_references.csv does not"
            " have for sprout; line RUNS-1 names runs.",
        ),
        (
            "document",
            "invoice:I-WRONG",
            "PRODUCT_UNKNOWN",
            "Invoice I-WRONG over 365.00 USD has 1 product code that product_references.csv does"
            " not have for billing; line 1 names SEATS.",
        ),
    ]
    assert acquired.rows("select distinct contract_id from journals.proposed_lines order by 1") == [
        ("FLOWS",),
        ("GOOD",),
        ("WRONG",),
    ]
    assert not acquired.rows("select 1 from journals.proposed_lines where document_id = 'I-WRONG'")


def test_a_mapped_code_releases_what_it_held(acquired: Warehouse) -> None:
    acquired.insert(
        "raw.reference_product_references",
        [_mapped("sprout", "runs", "SEATS"), _mapped("billing", "SEATS", "SEATS")],
    )
    acquired.run("+proposed_lines")
    assert acquired.rows("select * from controls.holds") == []
    assert acquired.rows(
        "select sum(difference_minor) from journals.proposed_lines"
        " where contract_id = 'RUNS' and account_role = 'revenue'"
    ) == [(-18100,)]
