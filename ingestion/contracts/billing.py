"""Events about what customers are billed.

Belongs here: invoice.finalized, invoice.voided, invoice.written_off,
    credit.issued.
Does not: checking totals against lines: a control holds such a document, it is no broken event.
"""

from typing import Annotated, Literal, Self

from pydantic import Field, model_validator
from pydantic_core import PydanticCustomError

from ingestion.contracts.documents import FollowingDocument, Words
from ingestion.contracts.fields import (
    Amount,
    Contract,
    Currency,
    Identifier,
    LowerCase,
    ServiceDate,
    require_exact,
    require_unique,
)


class InvoiceLine(Contract):
    """One line of an invoice, for a span of service."""

    invoice_line_id: Identifier
    contract_id: Identifier
    contract_line_id: Identifier
    product_code: Identifier
    line_kind: Annotated[Literal["fixed", "usage", "prepaid"], LowerCase] = Field(
        description="prepaid: it asks for the price of prepaid credit."
    )
    service_start: ServiceDate = Field(description="First day of service.")
    service_end: ServiceDate = Field(description="Last day of service.")
    net_amount: Amount
    tax_amount: Amount
    tax_code: Identifier | None = None

    @model_validator(mode="after")
    def _ends_after_start(self) -> Self:
        if self.service_end < self.service_start:
            raise PydanticCustomError(
                "service_order",
                "the service of line {line} ends on {end}, before it starts on {start}",
                {
                    "line": self.invoice_line_id,
                    "end": str(self.service_end),
                    "start": str(self.service_start),
                },
            )
        return self


class InvoiceFinalized(Contract):
    """Billing claims money from a customer."""

    invoice_id: Identifier
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    legal_entity_code: Identifier
    currency: Currency
    invoice_date: ServiceDate
    due_date: ServiceDate
    total_amount: Amount = Field(description="Net and tax of all lines.")
    tax_amount: Amount = Field(description="Tax of all lines.")
    lines: list[InvoiceLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        _require_exact_document(self, self.currency)
        return self

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.invoice_line_id for line in self.lines], "invoice line")
        return self


class InvoiceVoided(FollowingDocument):
    """Billing withdraws an invoice: what is left of it after its credits was never owed."""

    invoice_id: Identifier
    void_date: ServiceDate
    reason: Words
    replacement_invoice_id: Identifier | None = Field(
        default=None, description="The invoice that claims the same again, when there is one."
    )


class InvoiceWrittenOff(FollowingDocument):
    """What an invoice still claims will not be paid, or a part of it."""

    write_off_id: Identifier
    invoice_id: Identifier
    amount: Amount = Field(description="Major units with tax, positive.")
    write_off_date: ServiceDate
    reason: Words
    service_stopped: bool = Field(description="Whether the rest of the service is not given.")


class CreditLine(Contract):
    """One line of a credit memo, against one line of its invoice."""

    credit_line_id: Identifier
    invoice_line_id: Identifier
    basis: Annotated[Literal["modification", "concession"], LowerCase]
    net_amount: Amount
    tax_amount: Amount
    tax_code: Identifier | None = None


class CreditIssued(Contract):
    """Billing gives back a part of an invoice."""

    credit_id: Identifier
    invoice_id: Identifier
    customer_id: Identifier = Field(description="The source's own id of the customer.")
    legal_entity_code: Identifier
    currency: Currency
    credit_date: ServiceDate
    request_id: Identifier | None = Field(
        default=None, description="The request of support that it answers, if any."
    )
    total_amount: Amount = Field(description="Net and tax of all lines, positive.")
    tax_amount: Amount = Field(description="Tax of all lines, positive.")
    lines: list[CreditLine] = Field(min_length=1)

    @model_validator(mode="after")
    def _amounts_fit_the_currency(self) -> Self:
        _require_exact_document(self, self.currency)
        return self

    @model_validator(mode="after")
    def _each_line_is_named_once(self) -> Self:
        require_unique([line.credit_line_id for line in self.lines], "credit line")
        return self


def _require_exact_document(document: InvoiceFinalized | CreditIssued, currency: str) -> None:
    lines = [amount for line in document.lines for amount in (line.net_amount, line.tax_amount)]
    require_exact([document.total_amount, document.tax_amount, *lines], currency)
