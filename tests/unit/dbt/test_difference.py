"""The guards of the difference: what is held, what is reversed, what is posted once.

Belongs here: should, sealed and proposed lines of a small company as the world around it changes.
Does not: amounts by accounting rule (tests.scenarios), or sealing itself (posting).
"""

from pathlib import Path

import pytest

from tests.books_given import (
    account,
    company_with_books,
    credit,
    invoice,
    payment,
    seal,
    set_periods,
)
from tests.unit.dbt.given import fixed_line, subscription
from tests.warehouse import Warehouse

SELECT = "tag:books"
LINE = {"contract_id": "K", "contract_line_id": "K-1", "net_amount": "365.00"}
EVENTS = [
    subscription("K", [fixed_line("K-1", "10", "36.50")]),
    invoice("I", "2026-01-01", [LINE]),
    payment("P", "I", "2026-01-20", "365.00"),
]


@pytest.fixture(scope="module")
def sealed(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the file of books that were sealed once."""
    folder = tmp_path_factory.mktemp("sealed")
    warehouse = Warehouse(folder)
    company_with_books(warehouse)
    warehouse.insert("raw.events", EVENTS)
    warehouse.build(SELECT, unit_tests=True)
    seal(warehouse)
    return warehouse.path


@pytest.fixture
def books(sealed: Path, warehouse: Warehouse) -> Warehouse:
    """Return a copy of the sealed books that the test may change."""
    warehouse.path.write_bytes(sealed.read_bytes())
    return warehouse


def proposed(books: Warehouse) -> list[tuple[object, ...]]:
    return books.rows(
        "select document_type, account_role, origin_period, cast(posting_date as varchar), "
        "difference_minor from journals.proposed_lines order by all"
    )


def hold_codes(books: Warehouse) -> set[object]:
    """Return what holds back the keys with a difference."""
    rows = books.rows(
        "select distinct hold_code from journals.subledger_differences where difference_minor <> 0"
    )
    return {row[0] for row in rows}


def test_a_second_run_proposes_nothing(books: Warehouse) -> None:
    books.run(SELECT)
    assert proposed(books) == []
    assert books.rows("select count(*) from journals.subledger_differences") != [(0,)]


def test_an_inactive_customer_holds_new_effects_and_reverses_nothing(books: Warehouse) -> None:
    books.execute("update raw.reference_customers set status = 'inactive'")
    books.execute("update run.parameters set as_of = timestamp '2026-08-01 12:00:00'")
    books.run(SELECT)
    assert proposed(books) == []
    assert hold_codes(books) == {"CUSTOMER_INACTIVE"}
    july = books.rows(
        "select sum(difference_minor) from journals.subledger_differences "
        "where account_role = 'revenue' and origin_period = '2026-07'"
    )
    assert july == [(-3100,)]


def test_an_inactive_account_holds_new_effects_and_reverses_nothing(books: Warehouse) -> None:
    books.insert("raw.reference_accounts", [account("revenue", "2026-07-15", is_active=False)])
    books.run(SELECT)
    assert hold_codes(books) == set()
    assert books.rows("select * from controls.holds") == []
    books.execute("update run.parameters set as_of = timestamp '2026-08-01 12:00:00'")
    books.run(SELECT)
    assert proposed(books) == []
    assert hold_codes(books) == {"ACCOUNT_INACTIVE"}
    assert books.rows(
        "select subject_key, exception_code, sentence, amount_minor "
        "from controls.control_results where not is_passed and subject_type = 'contract'"
    ) == [
        (
            "K",
            "ACCOUNT_INACTIVE",
            "Contract K over 365.00 USD: account revenue of US for revenue of product SEATS is "
            "inactive on 2026-07-31.",
            3100,
        )
    ]


def test_an_account_that_was_retired_takes_no_late_effect_of_its_time(books: Warehouse) -> None:
    books.insert(
        "raw.reference_accounts", [account("deferred_revenue", "2026-07-01", is_active=False)]
    )
    books.insert("raw.events", [credit("C", "I", "2026-06-15", "36.50", "concession")])
    books.run(SELECT)
    assert proposed(books) == []
    (sentence,) = books.rows("select sentence from controls.holds where subject_key = 'credit:C'")
    assert sentence[0].endswith(
        "account deferred_revenue of US for deferred revenue of product SEATS is inactive on "
        "2026-07-01."
    )


def test_an_account_missing_from_the_chart_holds_until_it_is_there(books: Warehouse) -> None:
    books.execute("delete from raw.reference_accounts where account_code = 'cash'")
    books.insert("raw.events", [payment("P2", "I", "2026-06-30", "1.00")])
    books.run(SELECT)
    assert proposed(books) == []
    assert books.rows("select subject_key, sentence from controls.holds") == [
        (
            "payment:P2",
            "Payment P2 over 1.00 USD: account cash of US for cash is not in the chart of "
            "accounts on 2026-06-30.",
        )
    ]
    books.insert("raw.reference_accounts", [account("cash")])
    books.run(SELECT)
    assert [line[4] for line in proposed(books)] == [100, -100]


def test_a_contract_that_vanished_is_held_not_reversed(books: Warehouse) -> None:
    books.execute("delete from raw.events where event_type = 'subscription.created'")
    books.run(SELECT)
    assert proposed(books) == []
    assert hold_codes(books) == {"SUBJECT_VANISHED"}


def test_a_document_that_vanished_is_held_with_what_settles_it(books: Warehouse) -> None:
    books.execute("delete from raw.events where event_type = 'invoice.finalized'")
    books.run(SELECT)
    documents = books.rows(
        "select distinct document_type, hold_code from journals.subledger_differences "
        "where document_type is not null and difference_minor <> 0 order by all"
    )
    assert documents == [("invoice", "SUBJECT_VANISHED"), ("payment", "ORIGINAL_INVOICE_MISSING")]
    assert not [line for line in proposed(books) if line[0] is not None]


def test_a_late_credit_is_posted_in_the_first_open_period(books: Warehouse) -> None:
    set_periods(books, closed_through="2026-01")
    books.insert("raw.events", [credit("C", "I", "2026-01-15", "36.50", "concession")])
    books.run(SELECT)
    first = [line for line in proposed(books) if line[2] == "2026-01"]
    # The credit is older than the payment, so it takes the receivable first.
    assert first == [
        ("credit", "accounts_receivable", "2026-01", "2026-02-01", -3650),
        ("credit", "deferred_revenue", "2026-01", "2026-02-01", -310),
        ("credit", "deferred_revenue", "2026-01", "2026-02-01", 3650),
        ("credit", "revenue", "2026-01", "2026-02-01", 310),
        ("payment", "accounts_receivable", "2026-01", "2026-02-01", 3650),
        ("payment", "customer_credit", "2026-01", "2026-02-01", -3650),
    ]


def test_a_missing_mapping_holds_the_contract_and_its_invoice_lines(books: Warehouse) -> None:
    books.execute("delete from raw.reference_gl_mappings where account_role = 'revenue'")
    books.run(SELECT)
    assert proposed(books) == []
    assert books.rows("select subject_key, hold_code from controls.holds order by all") == [
        ("K", "GL_MAPPING_MISSING"),
        ("payment:P", "CREDIT_BLOCKED_BY_INVOICE_ERROR"),
    ]


def test_without_an_open_period_nothing_is_proposed(books: Warehouse) -> None:
    set_periods(books, closed_through="2027-12")
    books.execute("update run.parameters set as_of = timestamp '2026-08-01 12:00:00'")
    books.run(SELECT)
    assert proposed(books) == []
    assert hold_codes(books) == {"NO_OPEN_PERIOD"}


def test_a_pending_change_holds_its_subject_until_it_is_approved(books: Warehouse) -> None:
    books.insert("exports.changes", [{"subject_key": "K", "status": "pending", "sentence": "New."}])
    books.execute("update run.parameters set as_of = timestamp '2026-08-01 12:00:00'")
    books.run(SELECT)
    assert proposed(books) == []
    books.execute("update exports.changes set status = 'approved'")
    books.run(SELECT)
    assert [line[4] for line in proposed(books)] == [3100, -3100]


def test_a_credit_of_more_than_was_unearned_holds_its_contract(books: Warehouse) -> None:
    books.insert("raw.events", [credit("C", "I", "2026-07-01", "300.00", "modification")])
    books.execute("update run.parameters set as_of = timestamp '2026-08-01 12:00:00'")
    books.run(SELECT)
    assert proposed(books) == []
    sentences = books.rows("select sentence from controls.holds where subject_type = 'contract'")
    assert "takes back 116.00 USD more than was billed" in sentences[0][0]
