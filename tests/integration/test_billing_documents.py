"""Every document that follows an invoice, from the landed file to the ERP and back.

Belongs here: one whole run; that each document is posted, ties out, and can be followed.
Does not: the amounts of its journal (tests.scenarios), or what is held (tests.unit.dbt).
"""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.company import event, invoice, json_lines, land, subscription, write_company
from tests.pipeline import query, run_pipeline

_NOW = datetime(2026, 7, 2, 12, tzinfo=UTC)
_FRAME = {"customer_id": "B1", "legal_entity_code": "T-US", "currency": "USD"}


def _story() -> list[dict[str, Any]]:
    """Return events by type and data: four invoices of one contract and what became of each."""
    lines = invoice()["lines"]

    def told(kind: str, number: int, **data: Any) -> dict[str, Any]:
        return event(kind, _FRAME | data, source="billing", id=f"b-{number}")

    def billed(number: int, invoice_id: str) -> dict[str, Any]:
        line = lines[0] | {"net_amount": "800.00"}
        document = invoice(invoice_id=invoice_id, total_amount="800.00", lines=[line])
        return event("invoice.finalized", document, source="billing", id=f"b-{number}")

    def taxed(number: int, invoice_id: str, tax: str) -> dict[str, Any]:
        line = lines[0] | {"net_amount": "800.00", "tax_amount": tax}
        document = invoice(
            invoice_id=invoice_id, total_amount="864.00", tax_amount=tax, lines=[line],
            invoice_date="2026-02-01", due_date="2026-03-01",
        )  # fmt: skip
        return event("invoice.finalized", document, source="billing", id=f"b-{number}")

    def computed(
        number: int, invoice_id: str, *taxes: str, at: str = "2026-02-01", credit_id: str = ""
    ) -> dict[str, Any]:
        parts = [
            {"jurisdiction": f"J{n}", "tax_code": "NONE", "taxable_amount": "800", "tax_amount": t}
            for n, t in enumerate(taxes)
        ]
        data = {"calculation_id": f"T-{number}", "invoice_id": invoice_id, "currency": "USD"}
        data |= {"credit_id": credit_id} if credit_id else {}
        return event("tax.calculated", data | {"lines": parts}, source="billing", id=f"b-{number}",
                     time=f"{at}T10:00:{number}Z")  # fmt: skip

    paid = {"payment_id": "PAY-1", "invoice_id": "INV-1", "amount": "800.00"}
    return [
        billed(1, "INV-1"),
        billed(2, "INV-2"),
        billed(3, "INV-3"),
        told("payment.failed", 4, **paid, failed_date="2026-01-05", reason="card expired"),
        told("payment.succeeded", 5, **paid, paid_date="2026-01-10"),
        told("payment.failed", 6, **paid, failed_date="2026-02-03", reason="returned"),
        told(
            "payment.succeeded", 7, payment_id="PAY-2", invoice_id="INV-2", amount="900.00",
            paid_date="2026-01-12",
        ),
        told(
            "refund.issued", 8, refund_id="RF-2", payment_id="PAY-2", amount="100.00",
            refund_date="2026-01-20",
        ),
        told(
            "dispute.opened", 18, dispute_id="DP-1", payment_id="PAY-2", invoice_id="INV-2",
            amount="300.00", fee="15.00", reason_code="fraudulent", opened_date="2026-02-01",
        ),
        told("dispute.won", 19, dispute_id="DP-1", verdict_date="2026-03-05"),
        told(
            "dispute.opened", 20, dispute_id="DP-2", payment_id="PAY-2", invoice_id="INV-2",
            amount="200.00", reason_code="duplicate", opened_date="2026-02-01",
        ),
        told("dispute.lost", 21, dispute_id="DP-2", verdict_date="2026-03-05"),
        billed(10, "INV-4"),
        told(
            "invoice.written_off", 11, write_off_id="WO-4", invoice_id="INV-4", amount="50.00",
            write_off_date="2026-04-01", reason="agreed", service_stopped=False,
        ),
        taxed(12, "INV-5", "64.00"),
        computed(13, "INV-5", "60.00"),
        computed(14, "INV-5", "24.00", "40.00"),
        taxed(15, "INV-6", "64.00"),
        computed(16, "INV-6", "63.99"),
        # 30 days and more before the run, and a week.
        computed(17, "INV-UNSEEN", "5.00"),
        computed(22, "INV-SOON", "7.00", at="2026-06-25"),
        told(
            "credit.issued", 23, credit_id="CM-5", invoice_id="INV-5", credit_date="2026-03-01",
            total_amount="86.40", tax_amount="6.40",
            lines=[{
                "credit_line_id": "1", "invoice_line_id": lines[0]["invoice_line_id"],
                "basis": "concession", "net_amount": "80.00", "tax_amount": "6.40",
                "tax_code": "NONE",
            }],
        ),
        computed(24, "INV-5", "6.40", credit_id="CM-5"),
        taxed(25, "INV-7", "64.00"),
        computed(26, "INV-7", "64.00"),
        told("invoice.voided", 27, invoice_id="INV-7", void_date="2026-03-01", reason="wrong"),
        told("invoice.voided", 9, invoice_id="INV-3", void_date="2026-03-01", reason="wrong"),
    ]  # fmt: skip


@pytest.fixture(scope="module")
def home(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A home after one run of the story."""
    folder = tmp_path_factory.mktemp("documents")
    company = write_company(folder / "company")
    terms = subscription()
    terms["lines"][0]["quantity"] = "25"  # 6,000.00 a year: enough for what is billed
    lines = [event("subscription.created", terms)]
    land(company, "1/crm/contracts.jsonl", json_lines(lines))
    land(company, "1/billing/documents.jsonl", json_lines(_story()))
    run_pipeline(company, folder / "home", _NOW)
    return folder / "home"


def test_every_event_is_posted_or_says_why_not(home: Path) -> None:
    rows = query(
        home,
        "select event_type, event_id, disposition, reason_code"
        " from reconciliation.event_dispositions"
        " where disposition <> 'posted' order by event_id",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("tax.calculated", "b-13", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-14", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-16", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-17", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-22", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-24", "no_financial_effect", "TAX_CALCULATED"),
        ("tax.calculated", "b-26", "no_financial_effect", "TAX_CALCULATED"),
        ("payment.failed", "b-4", "no_financial_effect", "PAYMENT_NOT_RECEIVED"),
    ]


def test_everything_ties_out_to_the_erp_but_the_tax_that_was_computed_otherwise(
    home: Path,
) -> None:
    broken = query(
        home,
        "select tie_out_name, left_minor, right_minor, difference_minor, row_count, break_count"
        " from reconciliation.tie_out_summary where not is_tied",
    )
    assert [tuple(row.values()) for row in broken] == [("taxes", 13359, 12160, 499, 7, 2)]
    exceptions = query(
        home, "select code, subject_key, sentence from controls.exceptions order by 2"
    )
    assert [tuple(row.values()) for row in exceptions] == [
        (
            "TIE_OUT_BREAK",
            "tax:INV-6",
            "invoice INV-6: the tax engine computed 63.99 USD, the ERP has as its tax 64.00 USD."
            " -0.01 USD is unexplained.",
        ),
        (
            "TIE_OUT_BREAK",
            "tax:INV-UNSEEN",
            "invoice INV-UNSEEN: the tax engine computed 5.00 USD, the ERP has as its tax 0.00 USD."
            " 5.00 USD is unexplained. Nobody sent the document.",
        ),
    ]
    waiting = query(
        home,
        "select explained_minor, sentence from reconciliation.tie_out_taxes"
        " where document_id = 'INV-SOON'",
    )
    assert [tuple(row.values()) for row in waiting] == [
        (
            700,
            "invoice INV-SOON: the tax engine computed 7.00 USD, the ERP has as its tax 0.00 USD."
            " 7.00 USD waits for the document. Nobody sent the document.",
        )
    ]
    kinds = query(
        home,
        "select distinct document_type from reconciliation.tie_out_invoices_to_subledger"
        " order by document_type",
    )
    assert [row["document_type"] for row in kinds] == [
        "credit", "dispute", "dispute_lost", "dispute_won", "invoice", "payment", "payment_failure",
        "refund", "void", "write_off",
    ]  # fmt: skip


def test_revenue_is_what_was_billed_before_tax(home: Path) -> None:
    rows = query(
        home,
        "select sum(amount_minor) as amount from journals.subledger_lines"
        " where document_type = 'invoice' and document_id = 'INV-5'"
        " and account_role in ('revenue', 'deferred_revenue', 'unbilled_receivable')",
    )
    assert rows[0]["amount"] == -80000
    taxes = query(
        home,
        "select left_minor, invoice_minor, right_minor from reconciliation.tie_out_taxes"
        " where invoice_id = 'INV-5' order by document_type",
    )
    assert [tuple(row.values()) for row in taxes] == [(-640, -640, -640), (6400, 6400, 6400)]
    voided = query(
        home,
        "select document_type, left_minor, right_minor from reconciliation.tie_out_taxes"
        " where invoice_id = 'INV-7' order by document_type",
    )
    assert [tuple(row.values()) for row in voided] == [
        ("invoice", 6400, 6400),
        ("void", -6400, -6400),
    ]


def test_each_document_is_linked_from_its_event_to_its_lines(home: Path) -> None:
    rows = query(
        home,
        "select distinct to_type from lineage.links where from_type = 'event'"
        " and to_type not in ('contract', 'contract_version', 'usage', 'customer')"
        " order by to_type",
    )
    linked = [row["to_type"] for row in rows]
    assert linked == [
        "credit", "dispute", "dispute_lost", "dispute_won", "invoice", "payment", "payment_failure",
        "refund", "void", "write_off",
    ]  # fmt: skip
    for kind in linked:
        found = query(
            home,
            f"select count(*) as n from lineage.links where from_type = '{kind}'"
            " and to_type = 'subledger_line'",
        )
        assert found[0]["n"] > 0, kind


def test_a_dispute_is_followed_from_its_payment_to_its_verdict(home: Path) -> None:
    rows = query(
        home,
        "select from_type, from_key, to_type, to_key from lineage.links"
        " where to_type like 'dispute%' and from_type in ('payment', 'dispute')"
        " order by to_type, to_key",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("payment", "PAY-2", "dispute", "DP-1"),
        ("payment", "PAY-2", "dispute", "DP-2"),
        ("dispute", "DP-2", "dispute_lost", "DP-2"),
        ("dispute", "DP-1", "dispute_won", "DP-1"),
    ]


def test_claims_on_the_network_roll_forward_to_nothing_once_all_is_decided(home: Path) -> None:
    rows = query(
        home,
        "select accounting_period, opening_minor, disputed_minor, closing_minor, is_tied"
        " from reconciliation.roll_forward_dispute_receivable order by accounting_period limit 3",
    )
    assert [tuple(row.values()) for row in rows] == [
        ("2026-02", 0, 50000, 50000, True),
        ("2026-03", 50000, -50000, 0, True),
        ("2026-04", 0, 0, 0, True),
    ]
