"""Disputes of payments: what is held and why, and what is left of each.

Belongs here: disputes that contradict what is known, and money that would leave twice.
Does not: the journals of disputes that are right (tests.scenarios).
"""

import pytest

from tests.books_given import company_with_books, credit, follow_up, invoice, payment
from tests.unit.dbt.given import fixed_line, subscription
from tests.warehouse import Row, Warehouse

_LINE = {"contract_id": "K1", "contract_line_id": "K1-1", "net_amount": "90.00"}


def _opened(dispute_id: str, amount: str, payment_id: str, invoice_id: str, day: str) -> Row:
    data = {"dispute_id": dispute_id, "payment_id": payment_id, "amount": amount}
    data |= {"reason_code": "fraudulent", "opened_date": day}
    return follow_up("dispute.opened", dispute_id, invoice_id, **data)


def _decided(dispute_id: str, verdict: str, day: str) -> Row:
    data = {"dispute_id": dispute_id, "verdict_date": day}
    return follow_up(f"dispute.{verdict}", f"{dispute_id}-{verdict}-{day}", "(none)", **data)


def _refund(refund_id: str, invoice_id: str, day: str, amount: str) -> Row:
    data = {"refund_id": refund_id, "amount": amount, "refund_date": day}
    return follow_up("refund.issued", refund_id, invoice_id, **data)


def _failed(payment_id: str, invoice_id: str, day: str) -> Row:
    data = {"payment_id": payment_id, "amount": "90.00", "failed_date": day, "reason": "returned"}
    return follow_up("payment.failed", f"F-{payment_id}", invoice_id, **data)


def _paid(number: int) -> list[Row]:
    return [
        invoice(f"I{number}", "2026-01-01", [_LINE]),
        payment(f"P{number}", f"I{number}", "2026-01-10", "90.00"),
    ]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """The books of paid invoices whose payments were disputed, each in another wrong way."""
    books = Warehouse(tmp_path_factory.mktemp("disputes"))
    company_with_books(books)
    books.insert(
        "raw.events",
        [
            subscription("K1", [fixed_line("K1-1", "1", "1000.00")]),
            *(event for number in range(1, 8) for event in _paid(number)),
            # 1: decided twice; 2: more than was paid, in the second of two disputes.
            _opened("D1", "90.00", "P1", "I1", "2026-02-01"),
            _decided("D1", "won", "2026-03-01"),
            _decided("D1", "lost", "2026-03-02"),
            _opened("D2", "60.00", "P2", "I2", "2026-02-01"),
            _opened("D2-more", "50.00", "P2", "I2", "2026-02-02"),
            # A payment nobody knows, one of another invoice; a verdict of nothing, one too early.
            _opened("D-unknown", "90.00", "P99", "I3", "2026-02-01"),
            _opened("D-other", "90.00", "P2", "I3", "2026-02-01"),
            _decided("D-never", "lost", "2026-03-01"),
            _opened("D3", "10.00", "P3", "I3", "2026-04-01"),
            _decided("D3", "lost", "2026-03-01"),
            # 4: refunded while it is disputed; 5: disputed after it was refunded.
            credit("C4", "I4", "2026-02-01", "90.00", "concession"),
            _opened("D4", "90.00", "P4", "I4", "2026-02-02"),
            _refund("R4", "I4", "2026-02-03", "90.00"),
            credit("C5", "I5", "2026-02-01", "90.00", "concession"),
            _refund("R5", "I5", "2026-02-01", "90.00"),
            _opened("D5", "90.00", "P5", "I5", "2026-02-02"),
            # 6: taken back by the bank as well; 7: right, refunded after it was won.
            _opened("D6", "90.00", "P6", "I6", "2026-02-01"),
            _failed("P6", "I6", "2026-02-03"),
            credit("C7", "I7", "2026-02-01", "90.00", "concession"),
            _opened("D7", "90.00", "P7", "I7", "2026-02-02"),
            _decided("D7", "won", "2026-02-20"),
            _refund("R7", "I7", "2026-03-01", "90.00"),
        ],
    )
    books.run("tag:books")
    return books


def _held(books: Warehouse) -> dict[str, tuple[str, int]]:
    rows = books.rows(
        """
        select subject_key, exception_code, amount_minor from controls.control_results
        where not is_passed and control_code = 'DISPUTED_MONEY'
        """
    )
    return {row[0]: (row[1], row[2]) for row in rows}


def _sentence(books: Warehouse, subject: str) -> str:
    ((sentence,),) = books.rows(
        f"""
        select sentence from controls.control_results
        where not is_passed and control_code = 'DISPUTED_MONEY' and subject_key = '{subject}'
        """
    )
    return sentence


def test_what_contradicts_what_is_known_is_held_and_nothing_else_is(books: Warehouse) -> None:
    assert _held(books) == {
        "dispute:D2-more": ("DISPUTE_EXCEEDS_PAYMENT", 2000),
        "dispute:D-unknown": ("DISPUTED_PAYMENT_MISSING", 9000),
        "dispute:D-other": ("DISPUTED_PAYMENT_MISSING", 9000),
        "dispute_lost:D-never": ("DISPUTE_MISSING", 0),
        "dispute_lost:D3": ("DISPUTE_MISSING", 1000),
        "refund:R4": ("MONEY_IN_DISPUTE", 9000),
        "dispute:D5": ("DISPUTE_EXCEEDS_PAYMENT", 9000),
        "payment_failure:P6@2026-02-03": ("MONEY_IN_DISPUTE", 9000),
    }


def test_each_says_what_is_wrong_in_words(books: Warehouse) -> None:
    assert _sentence(books, "dispute:D2-more") == (
        "Dispute D2-more over 50.00 USD: of what was paid, 30.00 USD were neither disputed nor"
        " given back before."
    )
    assert _sentence(books, "refund:R4") == (
        "Refund R4 over 90.00 USD: of what was paid, 0.00 USD were neither disputed nor given back"
        " before."
    )
    assert _sentence(books, "dispute:D-unknown") == (
        "Dispute D-unknown over 90.00 USD is about payment P99, which is not known."
    )
    assert _sentence(books, "dispute:D-other") == (
        "Dispute D-other over 90.00 USD names invoice I3, but payment P2 paid I2."
    )
    assert _sentence(books, "dispute_lost:D-never") == "Lost dispute D-never was never opened."
    assert _sentence(books, "dispute_lost:D3") == (
        "Lost dispute D3 was decided on 2026-03-01, before it was opened on 2026-04-01."
    )


def test_the_first_verdict_stands_and_the_second_is_listed(books: Warehouse) -> None:
    rows = books.rows(
        "select subject_key, sentence from controls.control_results"
        " where control_code = 'DUPLICATE_DOCUMENT' and not is_passed"
    )
    ((subject, sentence),) = rows
    assert subject.startswith("dispute_lost:D1:")
    assert sentence == (
        "A second verdict of dispute D1 came from billing over 90.00 USD; the first one stands."
    )
    assert books.rows(
        "select distinct document_type from journals.subledger_lines where document_id = 'D1'"
        " order by document_type"
    ) == [("dispute",), ("dispute_won",)]


def test_a_verdict_waits_for_its_dispute(books: Warehouse) -> None:
    books.insert("raw.events", [_decided("D2-more", "lost", "2026-03-01")])
    books.run("tag:books")
    assert "dispute_lost:D2-more" not in _held(books)
    ((sentence,),) = books.rows(
        "select sentence from controls.control_results where control_code = 'INVOICE_FREE'"
        " and not is_passed and subject_key = 'dispute_lost:D2-more'"
    )
    assert sentence == (
        "Lost dispute D2-more over 50.00 USD waits because dispute D2-more is held."
    )


def test_every_dispute_is_listed_with_where_it_stands(books: Warehouse) -> None:
    rows = books.rows(
        "select dispute_id, dispute_status, amount_minor, open_minor, given_up_minor"
        " from contracts.disputes where dispute_id in ('D1', 'D2', 'D3', 'D7') order by dispute_id"
    )
    assert rows == [
        ("D1", "won", 9000, 0, 0),
        ("D2", "open", 6000, 6000, 0),
        ("D3", "lost", 1000, 0, 1000),
        ("D7", "won", 9000, 0, 0),
    ]
