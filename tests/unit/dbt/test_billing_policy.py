"""What billing may sell, claim and give back: treatments, payment terms, credits.

Belongs here: the controls that compare documents and contracts with the company's own rules.
Does not: changes of contracts and credits before a renewal (test_amendment_policy).
"""

from pathlib import Path
from typing import Any

import pytest

from tests.books_given import company_with_books, credit, invoice
from tests.unit.dbt.given import event, fixed_line, product, subscription, usage_line
from tests.warehouse import Row, Warehouse


def _policy(code: str, value: str, entity: str = "*", since: str = "2026-01-01") -> Row:
    return {
        "policy_code": code,
        "legal_entity_code": entity,
        "policy_value": value,
        "valid_from": since,
        "row_number": 1,
    }


def _sold(contract: str, product_code: str, **changes: Any) -> Row:
    return subscription(
        contract, [fixed_line(f"{contract}-1", "1", "365", product_code=product_code)], **changes
    )


def _billed(contract: str, product_code: str, day: str = "2026-01-01", due: str = "") -> Row:
    line = {
        "contract_id": contract,
        "contract_line_id": f"{contract}-1",
        "product_code": product_code,
        "net_amount": "365",
    }
    document = invoice(f"INV-{contract}", day, [line])
    text = document["data"]
    return {**document, "data": text.replace(f'"due_date": "{day}"', f'"due_date": "{due or day}"')}


def _requested(request_id: str, amount: str, at: str = "2026-03-01 00:00:00", **data: Any) -> Row:
    frame = {"ticket_id": f"T-{request_id}", "customer_id": "s-1", "contract_id": "GOOD"}
    frame |= {"currency": "USD", "reason": "outage"}
    return event(
        "support.credit_requested", f"{request_id}-{at}", source="support", at=at,
        **frame | {"request_id": request_id, "amount": amount} | data,
    )  # fmt: skip


def _conceded(credit_id: str, net: str, **data: Any) -> Row:
    return credit(credit_id, "INV-GOOD", "2026-04-01", net, "concession", **data)


def _credits() -> list[Row]:
    """Credits of one invoice; 20.00 may be conceded without support."""
    return [
        _conceded("C-SMALL", "20.00"),
        _conceded("C-ALONE", "20.01"),
        _conceded("C-UNKNOWN", "21.00", request_id="RQ-0"),
        _requested("RQ-OPEN", "30.00", approved_by="lead"),
        _requested("RQ-OPEN", "30.00", at="2026-03-02 00:00:00"),
        _conceded("C-OPEN", "22.00", request_id="RQ-OPEN"),
        _requested("RQ-EURO", "30.00", currency="EUR", approved_by="lead"),
        _conceded("C-EURO", "23.00", request_id="RQ-EURO"),
        _requested("RQ-SHORT", "40.00", approved_by="lead"),
        _conceded("C-SHORT-1", "15.00", request_id="RQ-SHORT"),
        _conceded("C-SHORT-2", "25.01", request_id="RQ-SHORT"),
        # Approved a day after it was requested.
        _requested("RQ-GOOD", "50.00"),
        _requested("RQ-GOOD", "50.00", at="2026-03-02 00:00:00", approved_by="lead"),
        _conceded("C-GOOD", "50.00", request_id="RQ-GOOD"),
        # The limit is of 2026, and of concessions only.
        _sold("CUT", "SEATS"),
        _billed("CUT", "SEATS"),
        credit("C-CUT", "INV-CUT", "2026-04-01", "100.00", "modification"),
    ]


def _events() -> list[Row]:
    return [
        _sold("GOOD", "SEATS"),
        _billed("GOOD", "SEATS", due="2026-03-02"),
        _sold("NO-ROW", "NOTHING"),
        _billed("NO-ROW", "NOTHING"),
        _sold("NO-METHOD", "UNDECIDED"),
        _sold("EARLY", "LATER"),
        _billed("EARLY", "LATER", "2026-02-01"),
        subscription("AS-USAGE", [usage_line("AS-USAGE-1") | {"product_code": "SEATS"}]),
        _sold("LATE", "SEATS"),
        _billed("LATE", "SEATS", due="2026-03-03"),
        _sold("BEFORE", "SEATS"),
        _billed("BEFORE", "SEATS", "2026-01-02", due="2026-01-01"),
        _sold("FREE", "SEATS"),
        _billed("FREE", "SEATS", "2025-12-31", due="2026-12-31"),
    ]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Books of a company with payment terms of 60 days from 2026 on."""
    books = Warehouse(tmp_path_factory.mktemp("policy"))
    company_with_books(books)
    books.insert(
        "raw.reference_products",
        [
            product("UNDECIDED", method=None),
            product("LATER", valid_from="2026-02-01"),
        ],
    )
    books.insert(
        "raw.reference_policies",
        [
            _policy("payment_terms_max_days", "30"),
            _policy("payment_terms_max_days", "60", "US"),
            _policy("concession_limit_minor", "2000"),
        ],
    )
    books.insert("raw.events", [*_events(), *_credits()])
    books.run("tag:books")
    books.insert(
        "ledger.deltas",
        [
            {
                "batch_number": 1,
                "subledger_line_key": key,
                "document_type": "credit",
                "document_id": document_id,
                "posting_date": "2026-04-01",
                "accounting_period": "2026-04",
                "origin_period": "2026-04",
            }
            for key, document_id in (("k1", "C-GOOD"), ("k2", "C-SMALL"))
        ],
    )
    books.run("tag:proof")
    return books


def _held(books: Warehouse, code: str) -> dict[str, str]:
    rows = books.rows(f"""
        select results.subject_key, results.sentence from controls.control_results as results
        inner join controls.holds using (subject_type, subject_key)
        where results.exception_code = '{code}'
    """)
    return dict(rows)


def test_what_has_no_revenue_treatment_on_its_day_is_held(books: Warehouse) -> None:
    assert _held(books, "REVENUE_TREATMENT_MISSING") == {
        "NO-ROW": "Contract NO-ROW over 365.00 USD: products.csv has no row for product NOTHING"
        " on 2026-01-01.",
        "invoice:INV-NO-ROW": "Invoice INV-NO-ROW over 365.00 USD: products.csv has no row for"
        " product NOTHING on 2026-01-01.",
        "NO-METHOD": "Contract NO-METHOD over 365.00 USD: line NO-METHOD-1 is fixed, and"
        " products.csv says of product UNDECIDED fixed and no recognition method on 2026-01-01.",
        "EARLY": "Contract EARLY over 365.00 USD: products.csv has no row for product LATER"
        " on 2026-01-01.",
        "AS-USAGE": "Contract AS-USAGE over 0.00 USD: line AS-USAGE-1 is usage, and products.csv"
        " says of product SEATS fixed and daily on 2026-01-01.",
    }


def test_payment_terms_before_the_invoice_or_beyond_the_policy_are_held(books: Warehouse) -> None:
    assert _held(books, "PAYMENT_TERMS_INVALID") == {
        "invoice:INV-BEFORE": "Invoice INV-BEFORE over 365.00 USD of 2026-01-02 is due on"
        " 2026-01-01, before its own day.",
        "invoice:INV-LATE": "Invoice INV-LATE over 365.00 USD of 2026-01-01 is due on 2026-03-03,"
        " after 61 days; the longest terms are 60 days.",
    }


def test_a_concession_above_the_limit_needs_an_approved_request_that_covers_it(
    books: Warehouse,
) -> None:
    end = "US allows 20.00 USD without an approved request of support, and"
    assert _held(books, "CREDIT_NOT_ALLOWED_BY_POLICY") == {
        "credit:C-ALONE": "Credit memo C-ALONE over 20.01 USD: it concedes 20.01 USD net,"
        f" {end} it names none.",
        "credit:C-UNKNOWN": "Credit memo C-UNKNOWN over 21.00 USD: it concedes 21.00 USD net,"
        f" {end} request RQ-0 is not known.",
        "credit:C-OPEN": "Credit memo C-OPEN over 22.00 USD: it concedes 22.00 USD net,"
        f" {end} nobody approved request RQ-OPEN.",
        "credit:C-EURO": "Credit memo C-EURO over 23.00 USD: it concedes 23.00 USD net,"
        f" {end} request RQ-EURO is in EUR.",
        "credit:C-SHORT-2": "Credit memo C-SHORT-2 over 25.01 USD: it concedes 25.01 USD net,"
        f" {end} request RQ-SHORT over 40.00 USD is to cover 40.01 USD.",
    }


def test_small_concessions_of_a_customer_count_together_within_the_days_of_the_policy(
    tmp_path: Path,
) -> None:
    books = Warehouse(tmp_path)
    company_with_books(books)
    books.insert(
        "raw.reference_policies",
        [_policy("concession_limit_minor", "2000"), _policy("concession_period_days", "30")],
    )

    def conceded(credit_id: str, day: str, net: str, **data: Any) -> Row:
        return credit(credit_id, "INV-GOOD", day, net, "concession", **data)

    books.insert(
        "raw.events",
        [
            _sold("GOOD", "SEATS"),
            _billed("GOOD", "SEATS"),
            conceded("C-1", "2026-03-01", "12.00"),
            # Covered by a request of its own, and above the limit by itself: neither counts.
            _requested("RQ-1", "19.00", approved_by="lead"),
            conceded("C-2", "2026-03-05", "19.00", request_id="RQ-1"),
            conceded("C-3", "2026-03-06", "20.01"),
            # 12.00 + 8.00 is the limit; a cent more is above it.
            conceded("C-4", "2026-03-10", "8.00"),
            conceded("C-5", "2026-03-30", "0.01"),
            # On 31 March the first of March is 30 days ago: 8.00 + 0.01 + 11.99.
            conceded("C-6", "2026-03-31", "11.99"),
            conceded("C-7", "2026-03-31", "0.01"),
        ],
    )
    books.run("+holds")
    end = "US allows 20.00 USD without an approved request of support, and it names none."
    assert _held(books, "CREDIT_NOT_ALLOWED_BY_POLICY") == {
        "credit:C-3": f"Credit memo C-3 over 20.01 USD: it concedes 20.01 USD net, {end}",
        "credit:C-5": "Credit memo C-5 over 0.01 USD: it concedes 0.01 USD net, customer C1 was"
        f" conceded 20.01 USD with it in 30 days, {end}",
        "credit:C-7": "Credit memo C-7 over 0.01 USD: it concedes 0.01 USD net, customer C1 was"
        f" conceded 20.01 USD with it in 30 days, {end}",
    }


def test_a_request_books_nothing_and_says_what_was_conceded_for_it(books: Warehouse) -> None:
    assert books.rows("""
        select disposition, reason_code, sum(event_count)
        from reconciliation.event_dispositions
        where event_type = 'support.credit_requested' group by all
    """) == [("no_financial_effect", "CREDIT_REQUESTED", 6)]
    assert books.rows("""
        select request_id, ticket_id, amount_minor, conceded_minor, approved_by
        from contracts.credit_requests where request_id in ('RQ-GOOD', 'RQ-OPEN') order by 1
    """) == [
        ("RQ-GOOD", "T-RQ-GOOD", 5000, 5000, "lead"),
        ("RQ-OPEN", "T-RQ-OPEN", 3000, 2200, None),
    ]


def test_the_ticket_is_carried_to_the_journal(books: Warehouse) -> None:
    assert books.rows("""
        select from_type, from_key, to_type, to_key from lineage.links
        where to_type = 'credit' and to_key = 'C-GOOD' and from_type <> 'event'
            or to_type = 'credit_request' and to_key = 'RQ-GOOD' and from_type <> 'event'
        order by all
    """) == [
        ("credit_request", "RQ-GOOD", "credit", "C-GOOD"),
        ("invoice", "INV-GOOD", "credit", "C-GOOD"),
        ("ticket", "T-RQ-GOOD", "credit_request", "RQ-GOOD"),
    ]
    assert books.rows("""
        select document_id, ticket_id from journals.journal_line_sources order by 1
    """) == [("C-GOOD", "T-RQ-GOOD"), ("C-SMALL", None)]
