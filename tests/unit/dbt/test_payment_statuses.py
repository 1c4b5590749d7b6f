"""How invoices stand with their customers: statuses by hand, one invoice for each.

Belongs here: the payment status of invoices and the ages of what is open.
Does not: what payments and credits do to the books (test_billing_documents, scenarios).
"""

from datetime import date

import pytest

from tests.books_given import company_with_books, credit, follow_up, invoice, payment
from tests.unit.dbt.given import fixed_line, subscription
from tests.warehouse import Row, Warehouse

_LINE = {"contract_id": "K", "contract_line_id": "K-1", "net_amount": "365"}
# The run is of 1 July: the cut-off date is 30 June.
_NAMES = ("OPEN", "GRACE", "LATE", "PART", "PAID", "BACK", "CREDIT", "VOID", "GIVEN-UP", "DISPUTE")


def _billed(name: str, due: str) -> Row:
    document = invoice(name, "2026-01-01", [_LINE])
    return document | {"data": document["data"].replace('"due_date": "2026-01-01"',
                                                        f'"due_date": "{due}"')}  # fmt: skip


@pytest.fixture(scope="module")
def warehouse(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    made = Warehouse(tmp_path_factory.mktemp("statuses"))
    company_with_books(made)
    due = {"OPEN": "2026-07-15", "GRACE": "2026-06-25", "LATE": "2026-05-01", "PART": "2026-07-15"}
    policy = {"policy_code": "payment_grace_days", "legal_entity_code": "*", "policy_value": "10",
              "valid_from": "2025-01-01", "row_number": 1}  # fmt: skip
    made.insert("raw.reference_policies", [policy])
    made.insert(
        "raw.events",
        [
            subscription("K", [fixed_line("K-1", "1", "365")]),
            *(_billed(name, due.get(name, "2026-02-01")) for name in _NAMES),
            payment("P-PART", "PART", "2026-02-01", "100"),
            payment("P-PAID", "PAID", "2026-02-01", "365"),
            payment("P-BACK", "BACK", "2026-02-01", "365"),
            follow_up("payment.failed", "F-BACK", "BACK", payment_id="P-BACK", amount="365",
                      failed_date="2026-02-10"),
            credit("CM", "CREDIT", "2026-02-01", "365", "modification"),
            follow_up("invoice.voided", "V", "VOID", void_date="2026-02-01"),
            follow_up("invoice.written_off", "W", "GIVEN-UP", write_off_id="W", amount="365",
                      write_off_date="2026-05-01", service_stopped=False),
            payment("P-DISPUTE", "DISPUTE", "2026-02-01", "365"),
            follow_up("dispute.opened", "D", "DISPUTE", dispute_id="D", payment_id="P-DISPUTE",
                      amount="365", opened_date="2026-03-01", reason_code="fraud", fee="15"),
        ],
    )  # fmt: skip
    made.build("+payment_statuses")
    return made


def test_each_invoice_has_the_status_of_what_happened_to_it(warehouse: Warehouse) -> None:
    rows = warehouse.rows(
        "select invoice_id, payment_status, open_minor from contracts.payment_statuses"
    )
    assert {name: (status, left) for name, status, left in rows} == {
        "OPEN": ("open", 36500),
        "GRACE": ("open", 36500),
        "LATE": ("overdue", 36500),
        "PART": ("part_paid", 26500),
        "PAID": ("paid", 0),
        "BACK": ("overdue", 36500),
        "CREDIT": ("credited", 0),
        "VOID": ("voided", 0),
        "GIVEN-UP": ("written_off", 0),
        "DISPUTE": ("disputed", 0),
    }


def test_days_count_from_the_due_date_and_the_days_of_grace(warehouse: Warehouse) -> None:
    # 1 May and 10 days is 11 May; the cut-off date is 30 June.
    assert (date(2026, 6, 30) - date(2026, 5, 11)).days == 50
    assert warehouse.rows(
        "select invoice_id, days_overdue, ageing_bucket from contracts.payment_statuses"
        " where invoice_id in ('LATE', 'GRACE', 'PAID') order by 1"
    ) == [("GRACE", 0, None), ("LATE", 50, "31-60 days"), ("PAID", None, None)]
