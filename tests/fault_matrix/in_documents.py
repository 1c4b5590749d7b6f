"""Faults in invoices, credits, payments and in what people state about them.

Belongs here: documents and holds as they should not be.
Does not: usage invoices (in_usage).
"""

from tests.company import event
from tests.fault_matrix.fault import strikes
from tests.fault_matrix.landings import says
from tests.fault_matrix.sound_documents import credit, invoice, payment

_fault = strikes("events")


FAULTS = [
    _fault(
        "an invoice whose total is not the sum of its lines",
        says("billing", invoice("I-9", "S9", "2400.00", total_amount="2500.00")),
        "exception DOCUMENT_TOTAL_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice in another currency than its contract",
        says("billing", invoice("I-9", "S9", "2400.00", currency="GBP")),
        "exception CURRENCY_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice of an entity nobody has",
        says("billing", invoice("I-9", "S9", "2400.00", legal_entity_code="T-XX")),
        "exception LEGAL_ENTITY_UNKNOWN",
        touches=("S9",),
    ),
    _fault(
        "an invoice with a tax code nobody declared",
        says("billing", invoice("I-9", "S9", "2400.00", tax_code="MARS")),
        "exception TAX_CODE_UNKNOWN",
        touches=("S9",),
    ),
    _fault(
        "an invoice for a contract nobody announced",
        says("billing", invoice("I-9", "S0", "2400.00", customer_id="billing-S9")),
        "exception ORPHAN_TRANSACTION",
        touches=("S0",),
    ),
    _fault(
        "an invoice above the contract's price whose amendment is missing",
        says("billing", invoice("I-9", "S1", "100.00", on="2026-02-20")),
        "exception CUMULATIVE_BILLING_OVER_PRICE",
        touches=("S1",),
    ),
    _fault(
        "an invoice for a product the contract does not sell",
        says("billing", invoice("I-9", "S9", "2400.00", line={"product_code": "API"})),
        "exception CONTRACT_LINE_MISMATCH",
        touches=("S9",),
    ),
    _fault(
        "an invoice for a product code that nobody mapped",
        says("billing", invoice("I-9", "S9", "2400.00", line={"product_code": "plan-2019"})),
        "exception PRODUCT_UNKNOWN",
        touches=("S9",),
    ),
    _fault(
        "an invoice below zero",
        says("billing", invoice("I-9", "S9", "-10.00")),
        "exception AMOUNT_SIGN_FLIP",
        touches=("S9",),
    ),
    _fault(
        "an invoice number used twice",
        says("billing", invoice("I-1", "S9", "2400.00") | {"id": "other"}),
        "exception DUPLICATE_DOCUMENT",
    ),
    _fault(
        "a credit above its invoice line",
        says("billing", credit("C-9", "I-1", "2400.01", "2026-02-20", contract_id="S1")),
        "exception CREDIT_EXCEEDS_INVOICE",
        touches=("S1",),
    ),
    _fault(
        "a credit of an invoice nobody sent",
        says("billing", credit("C-9", "I-0", "10.00", "2026-02-20", contract_id="S9")),
        "exception ORIGINAL_INVOICE_MISSING",
        touches=("credit:C-9",),
    ),
    _fault(
        "a modification credited above what is unearned",
        says(
            "billing",
            credit("C-9", "I-1", "2390.00", "2026-02-20", contract_id="S1", basis="modification"),
        ),
        "exception CREDIT_EXCEEDS_UNEARNED",
        touches=("S1",),
    ),
    _fault(
        "a payment of an invoice nobody sent",
        says("billing", payment("P-9", "I-0", "10.00", "2026-02-20", contract_id="S9")),
        "exception ORIGINAL_INVOICE_MISSING",
        touches=("payment:P-9",),
    ),
    _fault(
        "a payment of an invoice that is held",
        says(
            "billing",
            invoice("I-9", "S9", "2400.00", tax_code="MARS"),
            payment("P-9", "I-9", "2400.00", "2026-02-20", contract_id="S9"),
        ),
        "exception CREDIT_BLOCKED_BY_INVOICE_ERROR",
        touches=("S9", "payment:P-9"),
    ),
    _fault(
        "a person's hold of a contract nobody knows",
        says(
            "operator",
            event(
                "hold.placed",
                {
                    "hold_id": "H-1",
                    "subject_type": "contract",
                    "subject_key": "S0",
                    "reason": "Customer disputes the start.",
                    "placed_by": "frida",
                },
                id="h1",
                source="operator",
            ),
        ),
        "exception HOLD_SUBJECT_UNKNOWN",
    ),
]
