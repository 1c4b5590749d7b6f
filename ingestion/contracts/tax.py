"""Events of the tax engine: what it computed for an invoice.

Belongs here: tax.calculated.
Does not: tax on the invoice itself (billing), or comparing the two (a tie-out).
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
    """The tax engine computed the tax of an invoice. Nothing is booked: the invoice says the tax.

    The newest calculation of an invoice counts.
    """

    calculation_id: Identifier
    invoice_id: Identifier
    currency: Currency
    lines: list[TaxLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        amounts = [n for line in self.lines for n in (line.taxable_amount, line.tax_amount)]
        require_exact(amounts, self.currency)
        return self
