"""A tiny company with one of each: seats and metered calls, paid, held and unanswered for.

Belongs here: the events whose way through the books tests of the proof follow.
Does not: what the proof says about them.
"""

from pathlib import Path

from tests.company import event, invoice, json_lines, subscription, usage_csv, write_company


def write_proof_company(path: Path) -> Path:
    """Write the company folder; it is meant to be run as of February 2026."""
    usage_line = invoice()["lines"][0] | {
        "invoice_line_id": "INV-2-1",
        "contract_line_id": "K1-2",
        "product_code": "API",
        "line_kind": "usage",
        "service_end": "2026-01-31",
        "net_amount": "140.00",
    }
    held_line = invoice()["lines"][0] | {"invoice_line_id": "INV-9-1", "net_amount": "10.00"}
    used = invoice(
        invoice_id="INV-2", invoice_date="2026-02-01", total_amount="140.00", lines=[usage_line]
    )
    # The total says 11.00, the lines 10.00: a control holds this invoice.
    wrong = invoice(
        invoice_id="INV-9", invoice_date="2026-02-02", total_amount="11.00", lines=[held_line]
    )
    paid = {
        "payment_id": "PAY-1",
        "invoice_id": "INV-1",
        "customer_id": "B1",
        "legal_entity_code": "T-US",
        "currency": "USD",
        "amount": "2400.00",
        "paid_date": "2026-01-20",
    }
    billing = [
        event("invoice.finalized", invoice(), id="b1", source="billing"),
        event("invoice.finalized", used, id="b2", source="billing"),
        event("invoice.finalized", wrong, id="b3", source="billing"),
        event("payment.succeeded", paid, id="b4", source="billing"),
    ]
    return write_company(
        path,
        landing={
            "crm/contracts.jsonl": json_lines([event("subscription.created", subscription())]),
            "billing/documents.jsonl": json_lines(billing),
            "usage/usage.csv": usage_csv(
                [
                    ("u1", "M1", "2026-01-10T10:00:00Z", "api_calls", "1500"),
                    ("u2", "M1", "2026-02-05T10:00:00Z", "api_calls", "100"),
                    ("u3", "NOBODY", "2026-02-05T10:00:00Z", "api_calls", "7"),
                ]
            ),
        },
    )
