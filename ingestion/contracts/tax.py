"""Events of the tax engine: what it computed for an invoice or a credit memo.

Belongs here: tax.calculated.
Does not: tax on the document itself (billing), or comparing the two (a tie-out).
"""

from typing import Self

from pydantic import Field, model_validator

from ingestion.contracts.fields import Amount, Contract, Currency, Identifier, require_exact


class TaxLine(Contract):
    """The tax of one jurisdiction under one code."""

    jurisdiction: Identifier
    tax_code: Identifier
    taxable_amount: Amount
    tax_amount: Amount


class TaxCalculated(Contract):
    """The tax engine computed the tax of a document. Nothing is booked: the document says the tax.

    The newest calculation of an invoice or credit memo counts.
    """

    calculation_id: Identifier
    invoice_id: Identifier
    credit_id: Identifier | None = Field(
        default=None,
        description="The credit memo of that invoice it is about, with amounts as positive as on "
        "the memo; without one it is about the invoice.",
    )
    currency: Currency
    lines: list[TaxLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        amounts = [n for line in self.lines for n in (line.taxable_amount, line.tax_amount)]
        require_exact(amounts, self.currency)
        return self
