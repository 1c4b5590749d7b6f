"""Whatever is billed, earned, credited and paid in whatever order: the books balance and conserve.

Belongs here: random contracts in a foreign currency, built once per example, and what must hold.
Does not: amounts of any one case (tests.scenarios).
"""

from datetime import date, timedelta
from pathlib import Path
from random import Random

import pytest

from tests.books_given import company_with_books, credit, follow_up, invoice, payment
from tests.unit.dbt.given import amendment, fixed_line, subscription
from tests.warehouse import Row, Warehouse

_FIRST = date(2026, 1, 1)
_CONTRACTS = 100


@pytest.mark.parametrize("seed", [1])
def test_books_balance_and_conserve_in_any_order(tmp_path: Path, seed: int) -> None:
    random = Random(seed)
    events = [row for number in range(_CONTRACTS) for row in _contract(random, f"K{number}")]
    books = _books(tmp_path / "told", events)
    assert _broken(books) == {}
    shuffled = random.sample(events, len(events))
    again = _books(tmp_path / "shuffled", shuffled)
    lines = "select * from journals.subledger_lines order by subledger_line_key"
    assert books.rows(lines) == again.rows(lines)


def _contract(random: Random, contract: str) -> list[Row]:
    """Return the events of one contract, billed, credited and paid at random."""
    lines = [
        fixed_line(f"{contract}-{number}", str(random.randint(1, 9)), _money(_cents(random)))
        for number in range(random.randint(1, 3))
    ]
    events = [subscription(contract, lines, currency="EUR")]
    if random.random() < 0.5:
        changed = [fixed_line(f"{contract}-0", str(random.randint(1, 9)), _money(_cents(random)))]
        events.append(amendment(contract, f"{contract}-A", _day(random), changed))
    for number in range(random.randint(0, 3)):
        net, tax = _cents(random), random.randint(0, 999)
        line = {
            "contract_id": contract,
            "contract_line_id": f"{contract}-0",
            "net_amount": _money(net),
            "tax_amount": _money(tax),
        }
        name = f"{contract}-I{number}"
        billed = _day(random)
        events.append(invoice(name, billed, [line], "EUR"))
        credited = billed
        if random.random() < 0.5:
            part = _money(random.randint(1, net))
            basis = random.choice(["modification", "concession"])
            credited = _day(random)
            events.append(credit(f"{name}-C", name, credited, part, basis, currency="EUR"))
        if random.random() < 0.5:
            paid = random.choice([net + tax, random.randint(1, net + tax + 500)])
            events.append(payment(f"{name}-P", name, _day(random), _money(paid), "EUR"))
            events += _given_back(random, name, paid)
            events += _disputed(random, name, paid)
        if random.random() < 0.3:
            day = max(_day(random), billed, credited)  # a credit after the void is held
            void = {"void_date": day, "reason": "wrong", "currency": "EUR"}
            if random.random() < 0.5:
                void["replacement_invoice_id"] = f"{name}-R"
            events.append(follow_up("invoice.voided", f"{name}-V", name, **void))
    return events


def _given_back(random: Random, name: str, paid: int) -> list[Row]:
    """Return what takes a payment back or pays it out again, at random."""
    events = []
    if random.random() < 0.3:
        failed = {"payment_id": f"{name}-P", "amount": _money(paid), "failed_date": _day(random)}
        failed |= {"reason": "returned", "currency": "EUR"}
        events.append(follow_up("payment.failed", f"{name}-F", name, **failed))
    for number in range(random.randint(0, 2)):
        back = {"refund_id": f"{name}-R{number}", "amount": _money(random.randint(1, paid))}
        back |= {"refund_date": _day(random), "currency": "EUR"}
        events.append(follow_up("refund.issued", f"{name}-R{number}", name, **back))
    return events


def _disputed(random: Random, name: str, paid: int) -> list[Row]:
    """Return disputes of a payment, decided or not, at random."""
    events = []
    for number in range(random.randint(0, 2)):
        dispute = {"dispute_id": f"{name}-D{number}", "currency": "EUR"}
        opened = dispute | {"payment_id": f"{name}-P", "reason_code": "fraudulent"}
        opened |= {"amount": _money(random.randint(1, paid)), "opened_date": _day(random)}
        opened["fee"] = _money(random.randint(0, 2_000))
        events.append(follow_up("dispute.opened", f"{name}-D{number}", name, **opened))
        verdict = random.choice(["won", "lost", "lost", ""])
        if verdict:
            decided = dispute | {"verdict_date": max(opened["opened_date"], _day(random))}
            events.append(follow_up(f"dispute.{verdict}", f"{name}-V{number}", name, **decided))
    return events


def _cents(random: Random) -> int:
    return random.randint(1, 100_000)


def _money(cents: int) -> str:
    return f"{cents // 100}.{cents % 100:02d}"


def _day(random: Random) -> str:
    return str(_FIRST + timedelta(days=random.randint(0, 364)))


def _books(folder: Path, events: list[Row]) -> Warehouse:
    folder.mkdir()
    books = Warehouse(folder)
    company_with_books(books)
    books.insert("raw.events", events)
    books.execute("update run.parameters set as_of = timestamp '2027-02-01 12:00:00'")
    books.run("tag:books")
    return books


def _broken(books: Warehouse) -> dict[str, list[tuple[object, ...]]]:
    """Return every invariant that does not hold, with the rows that break it."""
    questions = {
        "groups balance in both currencies": """
            select entry_group_key from journals.subledger_lines group by 1
            having sum(amount_minor) <> 0 or sum(functional_amount_minor) <> 0
        """,
        "every amount is known": """
            select subledger_line_key from journals.subledger_lines
            where amount_minor is null or functional_amount_minor is null
        """,
        "recognised + deferred - unbilled = billed - credited": """
            select contract_id from revenue.contract_balances where equation_difference_minor <> 0
        """,
        "schedules sum to allocated prices": """
            select performance_obligation_id
            from revenue.performance_obligations
            inner join revenue.revenue_schedule_lines using (performance_obligation_id)
            group by performance_obligation_id, allocated_price_minor
            having sum(scheduled_minor) <> allocated_price_minor
        """,
        "a contract that is served and billed to the cent defers nothing in either currency": """
            select contract_id from journals.subledger_lines
            where account_role = 'deferred_revenue' and contract_id is not null
            group by contract_id
            having sum(amount_minor) = 0 and sum(functional_amount_minor) <> 0
        """,
        "an invoice settled to the cent leaves no receivable in either currency": """
            select coalesce(invoices.invoice_id, lines.document_id) as invoice_id
            from journals.subledger_lines as lines
            left join intermediate.int_documents as invoices
                on lines.document_type = invoices.document_type
                and lines.document_id = invoices.document_id
            where lines.account_role = 'accounts_receivable'
            group by 1
            having sum(lines.amount_minor) = 0 and sum(lines.functional_amount_minor) <> 0
        """,
        "credit that was given back to the cent leaves nothing in either currency": """
            select coalesce(documents.invoice_id, lines.document_id) as invoice_id
            from journals.subledger_lines as lines
            inner join intermediate.int_documents as documents
                on lines.document_type = documents.document_type
                and lines.document_id = documents.document_id
            where lines.account_role = 'customer_credit'
            group by 1
            having sum(lines.amount_minor) = 0 and sum(lines.functional_amount_minor) <> 0
        """,
        "receivable of an invoice = gross - credits - payments + what went back": """
            with lines as (
                select invoices.invoice_id, sum(lines.amount_minor) as amount_minor
                from journals.subledger_lines as lines
                inner join intermediate.int_documents as invoices
                    on lines.document_type = invoices.document_type
                    and lines.document_id = invoices.document_id
                where lines.account_role in ('accounts_receivable', 'customer_credit')
                group by 1
            )
            select invoice_id from lines
            inner join (
                select invoice_id, sum(
                    case
                        when document_type in ('dispute', 'dispute_won') then 0
                        when document_type = 'dispute_lost' then total_minor - given_up_minor
                        when document_type in ('invoice', 'payment_failure', 'refund')
                            then total_minor
                        else -total_minor
                    end
                ) as claim_minor
                from intermediate.int_documents
                left join (
                    select dispute_id as document_id, 'dispute_lost' as document_type,
                        given_up_minor
                    from contracts.disputes
                ) as lost using (document_type, document_id)
                group by 1
            ) as claims using (invoice_id)
            where lines.amount_minor <> claims.claim_minor
        """,
    }
    questions |= {
        "a dispute that is decided leaves no claim on the network in either currency": """
            select document_id from journals.subledger_lines
            where account_role = 'dispute_receivable'
                and document_id in (
                    select dispute_id from contracts.disputes where dispute_status <> 'open'
                )
            group by 1
            having sum(amount_minor) <> 0 or sum(functional_amount_minor) <> 0
        """,
        "what is lost is given up but for what credits and payments cover": """
            with invoices as (
                select invoice_id, sum(given_up_minor) as given_up_minor,
                    sum(case when dispute_status = 'lost' then amount_minor else 0 end)
                        as lost_minor
                from contracts.disputes group by 1
            ),
            covered as (
                select invoice_id, sum(
                    case when document_type in ('invoice', 'payment_failure', 'refund')
                        then total_minor else -total_minor end
                ) as open_minor
                from intermediate.int_documents
                where document_type not like 'dispute%' group by 1
            )
            select invoices.invoice_id from invoices inner join covered using (invoice_id)
            where given_up_minor
                <> least(greatest(covered.open_minor + lost_minor, 0), lost_minor)
        """,
    }
    answers = {name: books.rows(sql) for name, sql in questions.items()}
    return {name: rows for name, rows in answers.items() if rows}
