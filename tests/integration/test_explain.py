"""Every amount of the demo company is explained, and the printed arithmetic comes to it.

The arithmetic is worked out by `tests.printed_arithmetic`, which shares nothing with the program.
"""

import json
import shutil
from collections.abc import Iterator
from fractions import Fraction
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.home import Home
from core.money import to_decimal
from orchestration import publish
from orchestration.cli import invoke
from orchestration.explain import explain
from orchestration.explain.balances import explain_balances
from orchestration.explain.books import Books, open_books
from orchestration.explain.documents import explain_document as explain_billing_document
from orchestration.explain.explanation import Explanation
from orchestration.explain.journals import (
    explain_document,
    explain_journal_line,
    explain_subledger_line,
)
from orchestration.explain.obligations import explain_obligation, explain_schedule_line
from orchestration.explain.text import lines_of
from orchestration.explain.usage import explain_charge
from tests.demo_run import DemoRun
from tests.printed_arithmetic import PrintedLine, read_lines

pytestmark = pytest.mark.slow

# Billing states a total that its lines do not come to: one of the demo's labelled faults.
MISSTATED = "INV-2008-01"
Row = dict[str, Any]


@pytest.fixture(scope="module")
def books(demo: DemoRun) -> Iterator[Books]:
    with open_books(Home(demo.home)) as books:
        yield books


def test_every_usage_charge_comes_to_its_printed_arithmetic(books: Books) -> None:
    charges = books.ask("select * from usage.usage_charges order by usage_charge_id")

    for charge in charges:
        lines = _lines(explain_charge(books, charge["usage_charge_id"]))
        assert lines["quantity"].value == Fraction(charge["quantity"])
        assert lines["billable quantity"].value == Fraction(charge["billable_quantity"])
        assert lines["charge"].value == _major(charge, "charge_minor")

    assert {charge["price_model"] for charge in charges} == {
        "graduated",
        "package",
        "per_unit",
        "volume",
    }


def test_every_allocated_price_comes_to_its_printed_arithmetic(books: Books) -> None:
    rows = books.ask(
        """
        select obligations.*, contracts.currency
        from revenue.performance_obligations as obligations
        inner join contracts.contracts as contracts
            on obligations.contract_id = contracts.contract_id
        """
    )

    for row in rows:
        lines = _lines(explain_obligation(books, row["performance_obligation_id"]))
        assert lines["version price"].value == _major(row, "version_price_minor")
        assert lines["standalone selling price"].value == _major(row, "ssp_minor")
        assert lines["transaction price"].value == _major(row, "transaction_price_minor")
        assert lines["allocated price"].value == _major(row, "allocated_price_minor")

    assert any(row["ssp_before_minor"] for row in rows)


def test_every_schedule_line_comes_to_its_printed_arithmetic(books: Books) -> None:
    rows = books.ask("select * from revenue.revenue_schedule_lines")

    for row in rows:
        lines = _lines(
            explain_schedule_line(books, row["performance_obligation_id"], row["accounting_period"])
        )
        recognised = lines.get("recognised", lines.get("recognised by days"))
        assert recognised is not None
        assert recognised.value == _major(row, "recognized_minor")
        assert lines["planned"].value == _major(row, "scheduled_minor")

    assert any(row["terminated_minor"] for row in rows)


def test_every_contract_balance_comes_to_its_printed_arithmetic(books: Books) -> None:
    rows = books.ask("select * from revenue.contract_balances")

    for row in rows:
        (explanation,) = (
            each
            for each in explain_balances(books, row["contract_id"], row["accounting_period"])
            if f" {row['currency']}, unbilled" in each.title
        )
        lines = _lines(explanation)
        for name, column in (
            ("billed to date", "billed_minor"),
            ("credited to date", "credited_minor"),
            ("recognised to date", "recognized_minor"),
            ("deferred revenue", "deferred_revenue_minor"),
            ("unbilled receivable", "unbilled_receivable_minor"),
            ("accounts receivable", "receivable_minor"),
        ):
            assert lines[name].value == _major(row, column), (row["contract_id"], name)

    assert rows


def test_every_subledger_line_comes_to_its_printed_arithmetic_in_both_currencies(
    books: Books,
) -> None:
    rows = books.ask("select * from journals.subledger_differences")

    for row in rows:
        lines = _lines(explain_subledger_line(books, row["subledger_line_key"]))
        assert lines["should"].value == _major(row, "should_minor", "transaction_currency")
        if row["functional_currency"] != row["transaction_currency"]:
            assert lines["should in the books' currency"].value == _major(
                row, "should_functional_minor", "functional_currency"
            )

    kinds = {(row["entry_type"], row["account_role"], row["document_type"]) for row in rows}
    assert len(kinds) == 21


def test_every_journal_line_and_document_is_the_sum_of_what_is_in_it(books: Books) -> None:
    for row in books.ask("select * from journals.journal_lines"):
        lines = _lines(explain_journal_line(books, row["journal_line_key"]))
        assert lines["amount"].value == _major(row, "signed_minor")
    for row in books.ask("select * from journals.journal_entries"):
        lines = _lines(explain_document(books, row["document_key"]))
        assert lines["total of debits"].value == _major(row, "total_minor")
        assert lines["total of credits"].value == _major(row, "total_minor")


def test_every_billing_document_comes_to_its_printed_arithmetic(books: Books) -> None:
    rows = books.ask(
        """
        select document_type, document_id, currency, abs(left_minor) as amount_minor
        from reconciliation.tie_out_invoices_to_subledger
        """
    )

    for row in rows:
        explanation = explain_billing_document(books, row["document_type"], row["document_id"])
        if row["document_id"] == MISSTATED:
            assert not explanation.is_proven
            continue
        total = "total" if row["document_type"] == "invoice" else "amount"
        assert _lines(explanation)[total].value == _major(row, "amount_minor")

    assert {row["document_type"] for row in rows} == {"invoice", "credit", "payment"}


def test_a_total_that_its_lines_do_not_come_to_is_said_with_both_numbers(
    demo: DemoRun, capsys: pytest.CaptureFixture[str]
) -> None:
    code = invoke(["explain", MISSTATED, "--home", str(demo.home)])

    assert code == 1
    assert "DOES NOT HOLD: it comes to 7,461.30 EUR, stored is 7,471.30 EUR" in (
        capsys.readouterr().out
    )


def test_the_recipes_figures_are_printed(demo: DemoRun, capsys: pytest.CaptureFixture[str]) -> None:
    expected = {
        "CT-1010-v1:CT-1010-1": (
            "allocated price = round(33,000.00 x 33,750.00 / 39,750.00) = 28,018.87 USD"
        ),
        "CT-1001-v1:CT-1001-1:2026-01": "planned = round(36,000.00 x 31 / 365) = 3,057.53 USD",
        "CM-1007-A": "settled of INV-1007-01 (net)",
        "PAY-1010-01": ("the customer's credit (payment) = 36,178.76 - 35,928.76 = 250.00 USD"),
        "INV-1001-01": "total = 36,000.00 + 3,195.00 = 39,195.00 USD",
    }

    for identifier, words in expected.items():
        assert invoke(["explain", identifier, "--home", str(demo.home)]) == 0
        assert words in capsys.readouterr().out


def test_what_has_no_amount_names_what_it_became(demo: DemoRun) -> None:
    (customer,) = explain(Home(demo.home), "C-1010")

    assert customer.title == "customer C-1010 has no amount of its own"
    assert [each.identifier for each in customer.onward] == ["CT-1010"]


def test_json_carries_expression_operands_result_and_rule(
    demo: DemoRun, capsys: pytest.CaptureFixture[str]
) -> None:
    invoke(["explain", "CT-1010-v1:CT-1010-1", "--home", str(demo.home), "--json"])
    (explanation,) = json.loads(capsys.readouterr().out)
    allocated = explanation["steps"][-1]

    assert explanation["proven"] is True
    assert "ASC 606-10-32-28" in " ".join(explanation["references"])
    assert allocated["expression"] == "round(33,000.00 x 33,750.00 / 39,750.00)"
    assert allocated["operands"][0] == {"name": "transaction price", "value": "33,000.00"}
    assert allocated["result_minor"] == 2801887


@pytest.mark.parametrize(
    ("corruption", "identifier"),
    [
        (
            "update usage.usage_charge_tiers set unit_price = unit_price + 0.001"
            " where usage_charge_id = 'CT-1009|CT-1009-2|1|2026-01'",
            "CT-1009|CT-1009-2|1|2026-01",
        ),
        (
            "update revenue.performance_obligations set ssp_total_minor = ssp_total_minor + 100"
            " where performance_obligation_id = 'CT-1010-v1:CT-1010-1'",
            "CT-1010-v1:CT-1010-1",
        ),
        (
            "update revenue.revenue_schedule_lines set days_through = days_through + 1"
            " where accounting_period = '2026-01'",
            "CT-1001-v1:CT-1001-1:2026-01",
        ),
        (
            "update revenue.contract_balances set deferred_revenue_minor = 1"
            " where accounting_period = '2026-02'",
            "CT-1002:2026-02",
        ),
    ],
)
def test_one_corrupted_figure_is_noticed(
    demo: DemoRun,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    corruption: str,
    identifier: str,
) -> None:
    home = Home(tmp_path)
    home.marts.mkdir(parents=True)
    copy = home.marts / publish.POINTER
    shutil.copyfile(Home(demo.home).marts / publish.POINTER, copy)
    with duckdb.connect(str(copy)) as connection:
        connection.execute(corruption)

    code = invoke(["explain", identifier, "--home", str(home.path)])

    assert code == 1
    assert "DOES NOT HOLD" in capsys.readouterr().out


def _lines(explanation: Explanation) -> dict[str, PrintedLine]:
    """Return the printed lines by name, each of which must come to its own result."""
    printed = read_lines(lines_of(explanation, everything=True))
    assert len(printed) == len(explanation.steps)
    for line in printed:
        assert line.value == line.result, f"{explanation.key}: {line}"
    return {line.name: line for line in printed}


def _major(row: Row, column: str, currency: str = "currency") -> Fraction:
    return Fraction(to_decimal(row[column], row[currency]))
