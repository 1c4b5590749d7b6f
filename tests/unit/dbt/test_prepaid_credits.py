"""Prepaid credit: which charge draws which credit, what of its price is revenue, what is refused.

Belongs here: contracts whose calls cost a cent each, and the credit that pays for them.
Does not: how the charges come about, or any credit against random use (tests.properties).
"""

from contextlib import ExitStack
from pathlib import Path
from typing import Any

import duckdb
import pytest

from core.home import Home
from orchestration.explain.books import Books
from orchestration.explain.prepaid import explain_credit
from orchestration.explain.text import lines_of
from tests.books_given import company_with_books, credit, invoice
from tests.printed_arithmetic import read_lines
from tests.unit.dbt.given import (
    cancellation,
    event,
    fixed_line,
    legal_entity,
    price,
    product,
    subscription,
    usage,
    usage_line,
)
from tests.warehouse import BuildError, Row, Warehouse

SELECT = "tag:books +event_dispositions +remaining_obligations +events"
Movement = tuple[str, str, str, int, int, int]


def grant(contract_id: str, grant_id: str, amount: str, paid: str, **changes: Any) -> Row:
    """Return the event of a grant; by default it can be used in the whole year of the contract."""
    data = {
        "grant_id": grant_id,
        "contract_id": contract_id,
        "contract_line_id": f"{contract_id}-CREDIT",
        "product_code": "CREDIT",
        "currency": "USD",
        "credit_amount": amount,
        "price_amount": paid,
        "priority": 100,
        "effective_date": "2026-01-01",
        "recurrence": "none",
        "lasts_months": 1,
    } | changes
    return event("prepaid_credit.granted", data.pop("event_id", f"granted-{grant_id}"), **data)


def _contract(name: str, plan: str = "CENT", **changes: Any) -> Row:
    """Return a contract with a meter of its own, whose calls cost a cent."""
    return subscription(name, [usage_line(name, plan, name)], **changes)


def _billed(
    name: str, invoice_id: str, net: str, currency: str = "USD", day: str = "2026-01-01"
) -> Row:
    line = {
        "contract_id": name,
        "contract_line_id": f"{name}-CREDIT",
        "product_code": "CREDIT",
        "line_kind": "prepaid",
        "net_amount": net,
    }
    return invoice(invoice_id, day, [line], currency)


def _monthly(name: str) -> Row:
    """Return a grant of 100.00 for 100.00 in every month of the year."""
    changes = {"recurrence": "monthly", "expires_date": "2026-12-31"}
    return grant(name, f"G-{name}", "100.00", "100.00", **changes)


def _every_month(*months: int) -> list[tuple[str, int]]:
    """Return calls for 100.00 on the 20th of each of the months."""
    return [(f"2026-{month:02d}-20", 10000) for month in months]


# Contract: its grants, then its calls by day.
GIVEN: dict[str, tuple[list[Row], list[tuple[str, int]]]] = {
    # The first pays because it goes first, the second because it ends first, the third is older.
    "ORDER": (
        [
            grant("ORDER", "O-late", "5.00", "5.00", expires_date="2026-06-30"),
            grant("ORDER", "O-new", "5.00", "5.00", expires_date="2026-03-31", at="2026-01-02"),
            grant("ORDER", "O-old", "5.00", "5.00", expires_date="2026-03-31", at="2025-12-31"),
            grant("ORDER", "O-first", "5.00", "5.00", priority=1),
        ],
        [("2026-02-10", 1800)],
    ),
    # The charge of January falls on its days: what comes after the 15th finds no credit.
    "DAYS": (
        [grant("DAYS", "D", "50.00", "40.00", expires_date="2026-01-15")],
        [("2026-01-10", 1000), ("2026-01-15", 500), ("2026-01-16", 700)],
    ),
    # A third of a cent each time: the parts add up to the price.
    "THIRDS": (
        [grant("THIRDS", "T", "0.03", "0.01", expires_date="2026-04-30")],
        [("2026-01-05", 1), ("2026-02-05", 1), ("2026-03-05", 1), ("2026-04-05", 1)],
    ),
    "MONTHLY": (
        [grant("MONTHLY", "M", "10.00", "5.00", recurrence="monthly", expires_date="2026-03-31")],
        [("2026-01-20", 400), ("2026-02-20", 1200)],
    ),
    "ROLLING": (
        [
            grant(
                "ROLLING",
                "R",
                "10.00",
                "5.00",
                recurrence="monthly",
                lasts_months=2,
                expires_date="2026-02-28",
            )
        ],
        [("2026-01-20", 400), ("2026-02-20", 1200)],
    ),
    # px-prepaid-breakage: 1,000 for 1,000; 450 and 450 are used, 100 expire.
    "BROKEN": (
        [grant("BROKEN", "B", "1000.00", "1000.00", expires_date="2026-03-31")],
        [("2026-01-20", 45000), ("2026-02-20", 45000)],
    ),
    "ESTIMATED": (
        [grant("ESTIMATED", "E", "1000.00", "1000.00", expires_date="2026-03-31")],
        [("2026-01-20", 45000), ("2026-02-20", 45000)],
    ),
    # Deferred at the rate of the invoice, 1.10, and released at it, whatever the rate is by then.
    "FOREIGN": (
        [grant("FOREIGN", "F", "100.00", "80.00", currency="EUR", expires_date="2026-03-31")],
        [("2026-01-20", 4000), ("2026-03-20", 6000)],
    ),
    # A flat 10.00 a month for use that is not measured: it falls on the days of its events.
    "FLAT": (
        [grant("FLAT", "N", "50.00", "50.00", expires_date="2026-01-15")],
        [("2026-01-10", 0), ("2026-01-20", 0)],
    ),
    "GIFT": ([grant("GIFT", "G", "50.00", "0")], [("2026-02-10", 1000)]),
    # 800 for 1,000, 600 used: 480 are earned, and 400 are given back.
    "OVERPAID": (
        [grant("OVERPAID", "P", "1000.00", "800.00")],
        [("2026-01-20", 60000)],
    ),
    # 800 for 1,000, 600 used: 480 earned, 320 given back when the contract ends.
    "ENDED": (
        [grant("ENDED", "X", "1000.00", "800.00")],
        [("2026-01-20", 60000)],
    ),
    # 1,200.00 for the year; 600.00 given back for the months that have not begun.
    "STAY": ([_monthly("STAY")], _every_month(1, 2, 3, 4, 5, 6)),
    # The same, cancelled on 1 June: 700.00 given back for the seven months cut off.
    "GONE": ([_monthly("GONE")], _every_month(1, 2, 3, 4, 5)),
    # Beside the monthly credit 450.00 more from March, of which nothing is used: 600.00 given back.
    "MORE": (
        [
            _monthly("MORE"),
            grant("MORE", "G-added", "450.00", "450.00", effective_date="2026-03-10"),
        ],
        _every_month(1, 2, 3, 4, 5, 6),
    ),
    # Each quarter is billed when it begins; in February March is given back.
    "QUARTER": ([_monthly("QUARTER")], _every_month(1, 2, 4, 5, 6)),
    # 50.00 more for May and June, given back in April; 90.00 of the first 100.00 are used.
    "TOPUP": (
        [
            grant("TOPUP", "U-first", "100.00", "100.00"),
            grant(
                "TOPUP",
                "U-more",
                "50.00",
                "50.00",
                effective_date="2026-05-01",
                expires_date="2026-06-30",
            ),
        ],
        [("2026-02-20", 9000)],
    ),
}
_OTHERS = {
    "ESTIMATED": {"legal_entity_code": "EST"},
    "FLAT": {"plan": "TEN"},
    "FOREIGN": {"currency": "EUR", "plan": "CENT-EUR"},
}
_GIVEN_BACK_EARLY = [
    _billed("STAY", "I-stay", "1200.00"),
    credit("C-stay", "I-stay", "2026-06-30", "600.00", "modification"),
    _billed("GONE", "I-gone", "1200.00"),
    cancellation("GONE", "2026-06-01", "immediate_credit", "2026-05-31"),
    credit("C-gone", "I-gone", "2026-06-01", "700.00", "modification"),
    _billed("MORE", "I-more", "1200.00"),
    _billed("MORE", "I-added", "450.00", day="2026-03-10"),
    credit("C-more", "I-more", "2026-06-30", "600.00", "modification"),
    _billed("QUARTER", "I-quarter-1", "300.00"),
    credit("C-quarter", "I-quarter-1", "2026-02-15", "100.00", "modification"),
    _billed("QUARTER", "I-quarter-2", "300.00", day="2026-04-01"),
    _billed("TOPUP", "I-first", "100.00"),
    _billed("TOPUP", "I-topup", "50.00", day="2026-04-01"),
    credit("C-topup", "I-topup", "2026-04-15", "50.00", "modification"),
]
_REFUSED = [
    grant("NOBODY", "W-unknown", "10.00", "8.00"),
    grant("ORDER", "W-euro", "10.00", "8.00", currency="EUR"),
    grant("ENDED", "W-ended", "10.00", "8.00", effective_date="2026-04-01"),
    grant("DAYS", "D", "99.00", "9.00", event_id="again-D", at="2026-02-01"),
    grant("DAYS", "D", "50.00", "40.00", event_id="same-D", at="2026-02-01")
    | {"data": GIVEN["DAYS"][0][0]["data"]},
]


@pytest.fixture(scope="module")
def books(tmp_path_factory: pytest.TempPathFactory) -> Warehouse:
    """Return the books of all contracts above as of 1 July 2026."""
    warehouse = Warehouse(tmp_path_factory.mktemp("prepaid"))
    company_with_books(warehouse)
    warehouse.insert("raw.reference_legal_entities", [legal_entity("EST")])
    warehouse.insert("raw.reference_products", [product("CREDIT", "prepaid", "as_used")])
    for plan, currency in (("CENT", "USD"), ("CENT-EUR", "EUR")):
        for table, rows in price(plan, "per_unit", [("", "0.01", "")], currency=currency).items():
            warehouse.insert(table, rows)
    for table, rows in price("TEN", "flat", [("", "", "10")]).items():
        warehouse.insert(table, rows)
    policy = {"policy_code": "prepaid_breakage_percent", "legal_entity_code": "EST"}
    policy |= {"policy_value": "10", "valid_from": "2025-01-01", "row_number": 1}
    warehouse.insert("raw.reference_policies", [policy])
    events = [_contract(name, **_OTHERS.get(name, {})) for name in GIVEN]
    events += [row for grants, _ in GIVEN.values() for row in grants]
    events += [
        subscription("MIXED", [fixed_line("MIXED-SEATS", "1", "1200.00")], term_end="2028-12-31"),
        grant("MIXED", "L", "5000.00", "5000.00", expires_date="2026-12-31"),
        _billed("MIXED", "I-mixed", "5000.00"),
        _billed("ENDED", "I-ended", "800.00"),
        cancellation("ENDED", "2026-03-01", "immediate_credit", "2026-02-28"),
        credit("C-ended", "I-ended", "2026-03-01", "320.00", "modification"),
        _billed("OVERPAID", "I-overpaid", "800.00"),
        credit("C-overpaid", "I-overpaid", "2026-03-01", "400.00", "modification"),
        _billed("FOREIGN", "I-foreign", "80.00", "EUR"),
        _billed("THIRDS", "I-thirds", "0.01"),
        _billed("MONTHLY", "I-monthly", "15.00"),
        _billed("DAYS", "I-days", "40.01"),
        *_GIVEN_BACK_EARLY,
    ]
    warehouse.insert("raw.events", events + _REFUSED)
    warehouse.insert(
        "raw.usage",
        [
            usage(f"{name}-{day}", f"{day} 17:00:00", str(calls), meter_code=name)
            for name, (_, uses) in GIVEN.items()
            for day, calls in uses
        ],
    )
    warehouse.build(SELECT)
    return warehouse


def _movements(books: Warehouse, contract_id: str) -> list[Movement]:
    """Return credit, kind, day, amount, balance and revenue of each movement but the grant."""
    rows = books.query(
        f"""
        select prepaid_credit_id, movement_kind, cast(movement_date as varchar) as day,
            amount_minor, balance_minor, revenue_minor
        from usage.prepaid_credit_movements
        where contract_id = '{contract_id}' and movement_kind <> 'granted'
        order by movement_date, prepaid_credit_id, movement_kind
        """
    )
    return [tuple(row.values()) for row in rows]  # type: ignore[misc]


def _payable(books: Warehouse, contract_id: str) -> dict[str, int]:
    rows = books.query(
        f"""
        select accounting_period, payable_minor from intermediate.int_usage_charges_payable
        where contract_id = '{contract_id}' order by 1
        """
    )
    return {row["accounting_period"]: row["payable_minor"] for row in rows}


def test_credit_pays_by_priority_then_the_one_that_ends_first_then_the_older(
    books: Warehouse,
) -> None:
    drawn = {row[0]: -row[3] for row in _movements(books, "ORDER") if row[1] == "drawn"}
    assert drawn == {"O-first": 500, "O-old": 500, "O-new": 500, "O-late": 300}
    assert _payable(books, "ORDER") == {"2026-02": 0}


def test_credit_pays_for_the_days_it_is_valid(books: Warehouse) -> None:
    assert _movements(books, "DAYS") == [
        ("D", "drawn", "2026-01-15", -1500, 3500, 1200),
        ("D", "expired", "2026-01-15", -3500, 0, 2800),
    ]
    assert _payable(books, "DAYS") == {"2026-01": 700}


def test_a_charge_for_use_without_a_quantity_falls_on_the_days_of_its_events(
    books: Warehouse,
) -> None:
    assert [row[1:4] for row in _movements(books, "FLAT")] == [
        ("drawn", "2026-01-10", -500),
        ("expired", "2026-01-15", -4500),
    ]
    assert _payable(books, "FLAT")["2026-01"] == 500


def test_revenue_of_the_parts_adds_up_to_the_price(books: Warehouse) -> None:
    assert [row[5] for row in _movements(books, "THIRDS")] == [0, 1, 0]
    assert _payable(books, "THIRDS") == {
        "2026-01": 0,
        "2026-02": 0,
        "2026-03": 0,
        "2026-04": 1,
    }


def test_a_monthly_grant_starts_anew_and_what_is_left_expires(books: Warehouse) -> None:
    assert _movements(books, "MONTHLY") == [
        ("M|1", "drawn", "2026-01-20", -400, 600, 200),
        ("M|1", "expired", "2026-01-31", -600, 0, 300),
        ("M|2", "drawn", "2026-02-20", -1000, 0, 500),
        ("M|3", "expired", "2026-03-31", -1000, 0, 500),
    ]
    assert _payable(books, "MONTHLY") == {"2026-01": 0, "2026-02": 200}


def test_a_monthly_grant_that_lasts_longer_rolls_over(books: Warehouse) -> None:
    assert _movements(books, "ROLLING") == [
        ("R|1", "drawn", "2026-01-20", -400, 600, 200),
        ("R|1", "drawn", "2026-02-20", -600, 0, 300),
        ("R|2", "drawn", "2026-02-20", -600, 400, 300),
        ("R|2", "expired", "2026-02-28", -400, 0, 200),
    ]


def test_what_expires_is_revenue_when_it_does(books: Warehouse) -> None:
    assert [row[5] for row in _movements(books, "BROKEN")] == [45000, 45000, 10000]


def test_an_estimate_of_breakage_is_spread_over_the_use(books: Warehouse) -> None:
    assert [row[5] for row in _movements(books, "ESTIMATED")] == [50000, 50000, 0]


@pytest.mark.parametrize("credit_id", ["E", "X", "T", "M|2", "G"])
def test_a_credit_comes_to_its_printed_arithmetic(books: Warehouse, credit_id: str) -> None:
    with duckdb.connect(str(books.path), read_only=True) as marts, ExitStack() as opened:
        explained = explain_credit(Books(marts, Home(Path()), opened), credit_id)
    printed = read_lines(lines_of(explained, everything=True))
    assert len(printed) == len(explained.steps) >= 4
    for line in printed:
        assert line.value == line.result, line


def test_what_is_given_back_is_no_revenue(books: Warehouse) -> None:
    assert _movements(books, "ENDED") == [
        ("X", "drawn", "2026-01-20", -60000, 40000, 48000),
        ("X", "expired", "2026-02-28", -40000, 0, 0),
    ]
    balances = books.query(
        """
        select deferred_revenue_minor as deferred, unbilled_receivable_minor as unbilled
        from revenue.contract_balances where contract_id = 'ENDED' order by accounting_period
        """
    )
    assert balances[-1] == {"deferred": 0, "unbilled": 0}


@pytest.mark.parametrize(
    ("contract_id", "earned", "deferred"),
    [
        ("STAY", [10000, 10000, 10000, 10000, 10000, 10000], 0),
        ("GONE", [10000, 10000, 10000, 10000, 10000], 0),
        ("MORE", [10000, 10000, 10000, 10000, 10000, 10000], 45000),
        ("QUARTER", [10000, 10000, 0, 10000, 10000, 10000], 0),
        ("TOPUP", [9000, 0], 1000),
    ],
)
def test_a_memo_takes_back_what_has_not_begun_before_what_was_used(
    books: Warehouse, contract_id: str, earned: list[int], deferred: int
) -> None:
    assert [row[5] for row in _movements(books, contract_id)] == earned
    balances = books.query(
        f"""
        select deferred_revenue_minor as deferred, unbilled_receivable_minor as unbilled
        from revenue.contract_balances where contract_id = '{contract_id}'
        order by accounting_period
        """
    )
    assert balances[-1] == {"deferred": deferred, "unbilled": 0}


def test_a_memo_that_takes_back_what_was_used_is_noticed(books: Warehouse) -> None:
    test = "assert_prepaid_deferral_is_what_is_not_earned"
    books.invoke(["test", "--select", test])
    change = """
        update usage.prepaid_credits set kept_price_minor = kept_price_minor {} 10000
        where grant_id = 'G-GONE' and credit_number = 1
    """
    books.execute(change.format("-"))
    with pytest.raises(BuildError, match=test):
        books.invoke(["test", "--select", test])
    books.execute(change.format("+"))


def test_credit_that_may_be_used_any_day_is_deferred_as_current(books: Warehouse) -> None:
    rows = books.rows(
        """
        select current_deferred_minor, non_current_deferred_minor
        from revenue.remaining_obligations where contract_id = 'MIXED'
        """
    )
    assert rows == [(500000, 0)]


def test_what_is_not_earned_of_prepaid_credit_is_still_owed(books: Warehouse) -> None:
    # Nothing of 5,000.00 is used, beside seats; 40.00 expired in January; the year of 800 is over.
    rows = books.rows(
        """
        select contract_id, prepaid_credit_minor, remaining_obligation_minor > 0
        from revenue.remaining_obligations where contract_id in ('MIXED', 'DAYS', 'ENDED')
        order by contract_id
        """
    )
    assert rows == [("DAYS", 0, False), ("ENDED", 0, False), ("MIXED", 500000, True)]


def test_giving_back_what_was_used_is_held(books: Warehouse) -> None:
    rows = books.rows(
        """
        select subject_key, exception_code, sentence from controls.control_results
        where control_code = 'CREDITS_UNEARNED' and not is_passed
        """
    )
    assert rows == [
        (
            "OVERPAID",
            "CREDIT_EXCEEDS_UNEARNED",
            "Contract OVERPAID over 0.00 USD: credit memo C-overpaid takes back 80.00 USD more than"
            " was billed and not yet earned on its day.",
        )
    ]


def test_use_that_free_credit_pays_ends_without_a_journal(books: Warehouse) -> None:
    rows = books.rows(
        """
        select event_type, disposition, reason_code from reconciliation.event_dispositions
        where meter_code = 'GIFT' or event_id = 'granted-G' order by 1
        """
    )
    assert rows == [
        ("prepaid_credit.granted", "no_financial_effect", "FREE_CREDIT"),
        ("usage.recorded", "no_financial_effect", "PAID_BY_FREE_CREDIT"),
    ]


def test_a_grant_that_does_not_count_is_held_and_no_event_is_unexplained(books: Warehouse) -> None:
    rows = books.rows(
        """
        select event_id, disposition, reason_code from reconciliation.event_dispositions
        where event_id like 'granted-W-%' or event_id like '%-D' or disposition = 'unexplained'
        order by event_id
        """
    )
    assert rows == [
        ("again-D", "no_financial_effect", "REPEATED"),
        ("granted-D", "in_flight", "AWAITING_SEALING"),
        ("granted-W-ended", "held", "PREPAID_CREDIT_REFUSED"),
        ("granted-W-euro", "held", "PREPAID_CREDIT_REFUSED"),
        ("granted-W-unknown", "held", "PREPAID_CREDIT_REFUSED"),
        ("same-D", "no_financial_effect", "REPEATED"),
    ]


def test_what_is_not_revenue_yet_is_deferred(books: Warehouse) -> None:
    rows = books.query(
        """
        select balances.accounting_period, balances.deferred_revenue_minor as deferred
        from revenue.contract_balances as balances
        where contract_id = 'THIRDS' and accounting_period <= '2026-03' order by 1
        """
    )
    assert [row["deferred"] for row in rows] == [1, 0, 0]


def test_credit_in_a_foreign_currency_is_revenue_at_the_rate_it_was_billed_at(
    books: Warehouse,
) -> None:
    rows = books.rows(
        """
        select origin_period, -sum(amount_minor), -sum(functional_amount_minor)
        from journals.subledger_lines
        where contract_id = 'FOREIGN' and account_role = 'revenue'
        group by origin_period order by origin_period
        """
    )
    assert rows == [("2026-01", 3200, 3520), ("2026-03", 4800, 5280)]


def test_a_grant_that_does_not_count_is_listed_with_its_reason(books: Warehouse) -> None:
    rows = books.query(
        """
        select sentence, exception_code from controls.control_results
        where control_code = 'PREPAID_CREDIT' order by sentence
        """
    )
    assert {row["exception_code"] for row in rows} == {"PREPAID_CREDIT_REFUSED"}
    assert [row["sentence"] for row in rows] == [
        "Grant D of prepaid credit for contract DAYS says something else than event granted-D,"
        " which stands.",
        "Grant W-ended of prepaid credit for contract ENDED begins on 2026-04-01, and service ends"
        " on 2026-02-28.",
        "Grant W-euro of prepaid credit for contract ORDER is in EUR, and the contract is in USD.",
        "Grant W-unknown of prepaid credit for contract NOBODY pays for nothing: nobody announced"
        " the contract.",
    ]
    counted = "select 1 from usage.prepaid_credits where grant_id like 'W-%'"
    assert books.query(counted) == []


def test_credit_that_is_billed_above_its_price_is_held(books: Warehouse) -> None:
    rows = books.query(
        """
        select subject_key, sentence from controls.control_results
        where control_code = 'BILLED_PRICE' and not is_passed
        """
    )
    assert rows == [
        {
            "subject_key": "invoice:I-days",
            "sentence": "Invoice I-days over 40.01 USD: with it line DAYS-CREDIT of contract DAYS"
            " is billed 40.01 USD through 2026-12-31; its terms cost 40.00 USD.",
        }
    ]


@pytest.mark.parametrize(
    ("test", "column"),
    [
        ("assert_prepaid_deferral_is_what_is_not_earned", "unearned_minor"),
        ("prepaid_credit_is_drawn_expired_or_left", "drawn_minor"),
    ],
)
def test_a_cent_that_is_neither_used_nor_left_is_noticed(
    books: Warehouse, test: str, column: str
) -> None:
    books.invoke(["test", "--select", test])
    change = f"update usage.prepaid_credits set {column} = {column} {{}} 1 where grant_id = 'F'"
    books.execute(change.format("+"))
    with pytest.raises(BuildError, match=test):
        books.invoke(["test", "--select", test])
    books.execute(change.format("-"))
