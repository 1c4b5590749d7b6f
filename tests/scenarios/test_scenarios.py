"""Accounting cases that an accountant can read and sign, against the real pipeline.

Belongs here: comparing what the books say with `expect/*.csv` of each case.
Does not: the numbers of any case, or how the books are kept.

`revenue.csv` is complete: every month with revenue. `journal.csv` is complete for every posting
month and stage it mentions; a row without an entry says that a month has none. `exceptions.csv` is
complete: what is held, by stage; without it, nothing ever is. `balances.csv` and `schedule.csv`
list the months that matter. `movements.csv` is complete: how monthly recurring revenue changed.
`ends_as` names a case that must end in the same books.
"""

from collections import defaultdict
from datetime import date
from decimal import Decimal

import pytest

from core.money import to_minor
from tests.scenarios.books_of_cases import Books, keep_books
from tests.scenarios.cases import Case, Row, all_cases

CASES = [case for told in all_cases() for case in told.by_entity()]
_BALANCES = {
    "deferred": "deferred_revenue_minor",
    "unbilled": "unbilled_receivable_minor",
    "receivable": "receivable_minor",
    "customer_credit": "customer_credit_minor",
}


@pytest.fixture(scope="module")
def kept(tmp_path_factory: pytest.TempPathFactory) -> dict[tuple[date, ...], Books]:
    """Return the books of the cases by the stages they share."""
    together: dict[tuple[date, ...], list[Case]] = defaultdict(list)
    for case in CASES:
        together[case.stages].append(case)
    return {
        stages: keep_books(cases, tmp_path_factory.mktemp("cases"))
        for stages, cases in together.items()
    }


@pytest.fixture
def books(kept: dict[tuple[date, ...], Books], case: Case) -> Books:
    return kept[case.stages]


@pytest.fixture(params=CASES, ids=lambda case: case.legal_entity.lower())
def case(request: pytest.FixtureRequest) -> Case:
    return request.param


def test_every_case_says_what_and_why(case: Case) -> None:
    assert len((case.folder / "case.md").read_text(encoding="utf-8").split()) > 30
    assert case.expected("revenue") is not None


def test_only_what_is_expected_is_held(books: Books, case: Case) -> None:
    held = {
        (str(stage), row["exception_code"], row["subject_key"])
        for stage, rows in books.held_at_stage.items()
        for row in rows
        if row["legal_entity_code"] in {case.legal_entity, case.name.upper()}
    }
    assert held == {
        (row["stage"], row["code"], row["subject"]) for row in case.expected("exceptions") or []
    }


def test_revenue_belongs_to_the_expected_months(books: Books, case: Case) -> None:
    amounts = books.query(
        """
        select origin_period, -sum(amount_minor) as revenue,
            -sum(functional_amount_minor) as functional_revenue
        from journals.subledger_lines
        where legal_entity_code = ? and account_role = 'revenue'
        group by origin_period having sum(amount_minor) <> 0
        """,
        case.legal_entity,
    )
    expected = case.expected("revenue") or []
    columns = [name for name in ("revenue", "functional_revenue") if name in expected[0]]
    actual = {row["origin_period"]: tuple(row[name] for name in columns) for row in amounts}
    assert actual == {
        row["period"]: tuple(_minor(case, row, name) for name in columns) for row in expected
    }


@pytest.mark.parametrize(
    "told", [case for case in all_cases() if case.expected("together")], ids=lambda case: case.name
)
def test_legal_entities_sum_to_what_is_expected_of_all(
    kept: dict[tuple[date, ...], Books], told: Case
) -> None:
    amounts = kept[told.stages].query(
        """
        select origin_period, -sum(functional_amount_minor) as revenue
        from ledger.sealed_lines
        where list_contains(?, legal_entity_code) and account_role = 'revenue'
        group by origin_period
        """,
        [case.legal_entity for case in told.by_entity()],
    )
    assert {row["origin_period"]: row["revenue"] for row in amounts} == {
        row["period"]: _minor(told, row, "revenue") for row in told.expected("together") or []
    }


def test_products_earn_their_share(books: Books, case: Case) -> None:
    expected = case.expected("products")
    if expected is None:
        return
    rows = books.query(
        """
        select dimension_product, origin_period, -sum(amount_minor) as revenue
        from journals.subledger_lines
        where legal_entity_code = ? and account_role = 'revenue'
        group by all
        """,
        case.legal_entity,
    )
    actual = {(row["dimension_product"], row["origin_period"]): row["revenue"] for row in rows}
    for row in expected:
        assert actual[row["product"], row["period"]] == _minor(case, row, "revenue"), row


def test_journal_lines_are_as_expected(books: Books, case: Case) -> None:
    expected = case.expected("journal")
    if expected is None:
        return
    wanted: dict[tuple[str, ...], int] = defaultdict(int)
    for row in expected:
        for name in _journal_measures(row):
            key = (row["stage"], row["posting_date"], row["entry"], row["document"], row["account"])
            wanted[(*key, name)] += _minor(case, row, name, is_optional=True)
    months = {(row["stage"], row["posting_date"][:7]) for row in expected}
    measures = _journal_measures(expected[0])
    assert _journal(books, case, months, measures) == {k: v for k, v in wanted.items() if v}


def test_balances_are_as_expected(books: Books, case: Case) -> None:
    expected = case.expected("balances")
    if expected is None:
        return
    rows = books.query(
        "select * from revenue.contract_balances where legal_entity_code = ?", case.legal_entity
    )
    balances = {(row["contract_id"], row["accounting_period"]): row for row in rows}
    for row in expected:
        actual = balances[row["contract"], row["period"]]
        names = [name for name in _BALANCES if name in row]
        assert {name: actual[_BALANCES[name]] for name in names} == {
            name: _minor(case, row, name) for name in names
        }, row["period"]


def test_recurring_revenue_moves_as_expected(books: Books, case: Case) -> None:
    expected = case.expected("movements")
    if expected is None:
        return
    rows = books.query(
        "select * from metrics.revenue_movements where legal_entity_code = ?", case.legal_entity
    )
    assert {
        (row["contract_id"], row["accounting_period"], row["movement_type"]): row["movement_minor"]
        for row in rows
    } == {
        (row["contract"], row["period"], row["movement"]): _minor(case, row, "recurring")
        for row in expected
    }


def test_cases_told_to_end_alike_do(books: Books, case: Case) -> None:
    twin = next((twin for twin in CASES if twin.name == case.settings.get("ends_as")), None)
    if twin is None:
        return
    assert _end(books, case) == _end(books, twin)


def test_schedules_are_as_expected(books: Books, case: Case) -> None:
    expected = case.expected("schedule")
    if expected is None:
        return
    rows = books.query(
        """
        select contract_version_id, accounting_period,
            sum(scheduled_minor) as scheduled, sum(recognized_minor) as recognized
        from revenue.revenue_schedule_lines where legal_entity_code = ?
        group by all
        """,
        case.legal_entity,
    )
    actual = {
        (row["contract_version_id"], row["accounting_period"]): (
            row["scheduled"],
            row["recognized"],
        )
        for row in rows
    }
    for row in expected:
        measures = (_minor(case, row, "scheduled"), _minor(case, row, "recognized"))
        assert actual[row["contract_version"], row["period"]] == measures, row


def test_versions_recognise_what_their_days_are_worth(books: Books, case: Case) -> None:
    expected = case.expected("versions")
    if expected is None:
        return
    rows = books.query(
        """
        select obligations.contract_version_id,
            min(obligations.transaction_price_minor) as price,
            sum(schedule.recognized) as recognized
        from revenue.performance_obligations as obligations
        inner join (
            select performance_obligation_id, sum(recognized_minor) as recognized
            from revenue.revenue_schedule_lines where legal_entity_code = ? group by all
        ) as schedule using (performance_obligation_id)
        group by all
        """,
        case.legal_entity,
    )
    assert {row["contract_version_id"]: (row["price"], row["recognized"]) for row in rows} == {
        row["contract_version"]: (_minor(case, row, "price"), _minor(case, row, "recognized"))
        for row in expected
    }


def _end(books: Books, case: Case) -> list[Row]:
    """Return what every account holds in the end, sealed, by the month it belongs to."""
    return books.query(
        """
        select origin_period, account_role, sum(amount_minor) as amount
        from ledger.sealed_lines where legal_entity_code = ?
        group by all having sum(amount_minor) <> 0 order by all
        """,
        case.legal_entity,
    )


def _journal(
    books: Books, case: Case, months: set[tuple[str, str]], measures: list[str]
) -> dict[tuple[str, ...], int]:
    """Return what was sealed in the months, by line and by side."""
    stages = {batch: str(stage) for stage, batch in books.batch_of_stage.items()}
    sums: dict[tuple[str, ...], list[int]] = defaultdict(lambda: [0, 0])
    for row in books.query(
        "select * from ledger.sealed_lines where legal_entity_code = ?", case.legal_entity
    ):
        stage, day = stages[row["batch_number"]], str(row["posting_date"])
        if (stage, day[:7]) not in months:
            continue
        document = row["document_id"] or ""
        key = (stage, day, row["entry_type"], document, row["account_role"])
        sums[key][0] += row["amount_minor"]
        sums[key][1] += row["functional_amount_minor"]
    lines: dict[tuple[str, ...], int] = {}
    for key, (amount, functional) in sums.items():
        sides = {
            "debit": max(amount, 0),
            "credit": max(-amount, 0),
            "functional_debit": max(functional, 0),
            "functional_credit": max(-functional, 0),
        }
        lines |= {(*key, name): sides[name] for name in measures if sides[name]}
    return lines


def _journal_measures(row: Row) -> list[str]:
    names = ("debit", "credit", "functional_debit", "functional_credit")
    return [name for name in names if name in row]


def _minor(case: Case, row: Row, name: str, *, is_optional: bool = False) -> int:
    """Return an expected amount in minor units; an empty cell is nothing on that side."""
    if is_optional and not row[name]:
        return 0
    is_functional = name.startswith("functional")
    currency = case.settings["functional_currency" if is_functional else "currency"]
    return to_minor(str(Decimal(row[name])), currency)
