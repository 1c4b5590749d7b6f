"""Whatever sources and reference data get wrong, the ERP refuses no document that controls let by.

Belongs here: companies whose contracts have faults drawn at random, and what the ERP answered.
Does not: which exception a fault becomes (tests.integration.test_bad_input, tests.fault_matrix).
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests import pipeline
from tests.bad_company import Landing
from tests.company import (
    COMPANY_YAML,
    REFERENCE,
    json_lines,
    subscription,
    usage_csv,
    write_company,
)
from tests.compiled_models import compiled_dbt

_NOW = datetime(2026, 3, 10, 6, tzinfo=UTC)
_SEATS = subscription()["lines"][0]
_ANSWERS = """
    select state, error_class, error_text from exports.outbox_documents
    where state not in ('posted', 'pending_approval') or error_class is not null
"""

pytestmark = pytest.mark.slow


def _sold(code: str) -> Callable[[Landing, str], None]:
    """Sell and bill a product of its own."""

    def add(landing: Landing, name: str) -> None:
        landing.contract(name, lines=[_SEATS | {"product_code": code}])
        landing.invoice(name, line={"product_code": code})

    return add


def _billed(**changes: Any) -> Callable[[Landing, str], None]:
    """Bill a sound contract with a document, or a line of it, that is changed."""

    def add(landing: Landing, name: str) -> None:
        landing.contract(name)
        landing.invoice(name, **changes)
        landing.use(name, "500")

    return add


def _announced(**changes: Any) -> Callable[[Landing, str], None]:
    """Announce a contract that is changed, and bill it as if it were sound."""

    def add(landing: Landing, name: str) -> None:
        landing.contract(name, **changes)
        landing.invoice(name)
        landing.use(name, "500")

    return add


def _settled(kind: str, **changes: Any) -> Callable[[Landing, str], None]:
    """Settle the invoice of a sound contract."""

    def add(landing: Landing, name: str) -> None:
        _billed()(landing, name)
        fields = {"invoice_id": f"I-{name}", "customer_id": f"B-{name}"} | changes
        landing.settle(kind, f"D-{name}", **fields)

    return add


_CREDIT = {
    "credit_date": "2026-02-05",
    "total_amount": "100.00",
    "tax_amount": "0",
    "credit_id": "ANY",
}
_CREDIT_LINE = {
    "credit_line_id": "1",
    "invoice_line_id": "1",
    "basis": "modification",
    "net_amount": "100.00",
    "tax_amount": "0",
}
_PAYMENT = {"amount": "2400.00", "paid_date": "2026-02-15"}
FAULTS: dict[str, Callable[[Landing, str], None]] = {
    "none": _billed(),
    "an account that is retired": _sold("RETIRED"),
    "a product nobody mapped": _sold("UNMAPPED"),
    "a product nobody has": _sold("UNHEARD"),
    "another currency": _billed(currency="EUR"),
    "a currency without a rate": _announced(currency="CHF"),
    "no currency": _announced(currency="ZZZ"),
    "another entity": _billed(legal_entity_code="T-XX"),
    "a contract of another entity": _announced(legal_entity_code="T-XX"),
    "a total that is none": _billed(total_amount="2500.00"),
    "tax that is in no line": _billed(tax_amount="50.00"),
    "a tax code nobody has": _billed(line={"tax_code": "MARS"}),
    "below zero": _billed(line={"net_amount": "-10.00"}, total_amount="-10.00"),
    "a line that is not there": _billed(line={"contract_line_id": "zzz"}),
    "more than it costs": _billed(line={"net_amount": "9000.00"}, total_amount="9000.00"),
    "a part of a cent": _billed(line={"net_amount": "2400.001"}, total_amount="2400.001"),
    "years ago": _billed(invoice_date="2019-01-01"),
    "due before it is sent": _billed(due_date="2025-12-31"),
    "a customer nobody has": _announced(customer_id="C-NOBODY"),
    "a price nobody has": _announced(
        lines=[_SEATS, subscription()["lines"][1] | {"price_id": "nope"}]
    ),
    "ends before it begins": _announced(term_end="2025-06-30"),
    "a credit above the invoice": _settled(
        "credit.issued",
        **_CREDIT | {"total_amount": "9000.00"},
        lines=[_CREDIT_LINE | {"net_amount": "9000.00"}],
    ),
    "a credit of nothing": _settled(
        "credit.issued", **_CREDIT, invoice_id="I-NOTHING", lines=[_CREDIT_LINE]
    ),
    "a payment": _settled("payment.succeeded", payment_id="ANY", **_PAYMENT),
    "a payment of nothing": _settled(
        "payment.succeeded", payment_id="ANY", invoice_id="I-NOTHING", **_PAYMENT
    ),
    "a payment in another currency": _settled(
        "payment.succeeded", payment_id="ANY", currency="EUR", **_PAYMENT
    ),
    "money back that nobody has": _settled(
        "refund.issued", refund_id="ANY", amount="50.00", refund_date="2026-02-20"
    ),
}


def _write(path: Path, faults: Sequence[str], closed_through: str) -> Path:
    """Write a company with one contract for each fault."""
    landing = Landing()
    for number, fault in enumerate(faults):
        FAULTS[fault](landing, f"K{number}")
        for event in landing.events:  # ids of documents are the contract's own
            data = event["data"]
            data |= {key: f"{key}-K{number}" for key, value in data.items() if value == "ANY"}
    by_source = {
        f"{source}/events.jsonl": json_lines(e for e in landing.events if e["source"] == source)
        for source in ("crm", "billing")
    }
    return write_company(
        path,
        company_yaml=COMPANY_YAML.replace("through: 2025-12", f"through: {closed_through}"),
        reference={
            "accounts": REFERENCE["accounts"]
            + "T-US,4900,Revenue of old,revenue,true,2025-01-01\n"
            + "T-US,4900,Revenue of old,revenue,false,2025-06-01\n",
            "gl_mappings": REFERENCE["gl_mappings"] + "T-US,RETIRED,revenue,4900,2025-01-01\n",
            "products": REFERENCE["products"]
            + "RETIRED,Old,fixed,daily,2025-01-01\nUNMAPPED,New,fixed,daily,2025-01-01\n",
            "customers": REFERENCE["customers"] + "\n".join(landing.customers) + "\n",
            "customer_references": REFERENCE["customer_references"]
            + "\n".join(landing.references)
            + "\n",
        },
        landing=by_source | {"usage/usage.csv": usage_csv(landing.usage)},
    )


def _answers(
    folder: Path, faults: Sequence[str], closed_through: str = "2025-12", *, without: str = ""
) -> tuple[int, list[tuple[Any, ...]]]:
    """Run the company; return how many documents were posted, and what the ERP refused."""
    company = _write(folder / "company", faults, closed_through)
    with pipeline.opened(company, folder / "home", _NOW) as run:
        dbt = compiled_dbt()
        dbt.spoiled = {without: _without_its_findings} if without else {}
        run.work.dbt = dbt
        pipeline.ingest(run)
        pipeline.build_books(run, with_tests=False)
        pipeline.seal(run)
        report = pipeline.deliver(run)
    return report.posted, [tuple(row.values()) for row in pipeline.query(folder / "home", _ANSWERS)]


def _without_its_findings(sql: str) -> str:
    """Have a control pass everything."""
    head, last, tail = sql.rpartition("select * from findings")
    assert last
    return f"{head}select * replace (true as is_passed) from findings{tail}"


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    faults=st.lists(st.sampled_from(sorted(FAULTS)), min_size=8, max_size=24),
    closed_through=st.sampled_from(["2025-12", "2026-01", "2026-02"]),
)
def test_what_controls_let_by_the_erp_takes(faults: list[str], closed_through: str) -> None:
    with TemporaryDirectory() as folder:
        posted, refused = _answers(Path(folder), ["none", *faults], closed_through)
    assert refused == []
    assert posted > 0


def test_every_fault_at_once_is_taken_or_held(tmp_path: Path) -> None:
    posted, refused = _answers(tmp_path, sorted(FAULTS))
    assert refused == []
    assert posted > 0


def test_without_the_control_of_accounts_the_erp_refuses(tmp_path: Path) -> None:
    faults = ["none", "an account that is retired"]
    _, refused = _answers(tmp_path, faults, without="ctl_subject_gl_mapping")
    assert refused != []
