"""Faults in our own models, released as new code over sealed books.

Belongs here: one spoiled statement each.
Does not: faults of sources or of the company.
"""

from collections.abc import Callable, Mapping

from tests.compiled_models import Spoil
from tests.fault_matrix.fault import Case, Fault
from tests.fault_matrix.landings import corrects, land_events, land_usage
from tests.fault_matrix.sound_documents import invoice, usage_cancellation, usage_row

_ALL = frozenset({f"S{number}" for number in range(1, 10)} | {"no contract"})


def _replaced(old: str, new: str) -> Spoil:
    return lambda sql: sql.replace(old, new, 1)


def _doubled(sql: str) -> str:
    """Have the last select of a table give every row twice."""
    head, last, tail = sql.rpartition("select * from ")
    name = tail.split()[0]
    return f"{head}{last}{name} union all {last}{tail}"


def _without_rows(name: str, condition: str) -> Spoil:
    """Drop rows at the very end of a model that ends in `select * from <name>`."""
    return _replaced(f"select * from {name}\n", f"select * from {name} where not ({condition})\n")


def _fault(
    name: str,
    spoils: Mapping[str, Callable[[str], str]],
    *caught_by: str,
    inject: Callable[[Case], object] = lambda _: None,
) -> Fault:
    return Fault(
        name=name,
        where="models",
        caught_by=caught_by,
        inject=inject,
        touches=_ALL,
        spoils=spoils,
    )


FAULTS = [
    _fault(
        "the deferred side of invoices has the wrong sign",
        {"int_invoice_entries": _replaced("cleared_minor - net_minor", "net_minor")},
        "test assert_entry_groups_balance",
    ),
    _fault(
        "a cent is lost in every allocation",
        {
            "performance_obligations": _replaced(
                "end as bigint) as allocated_price_minor",
                "end as bigint) - 1 as allocated_price_minor",
            )
        },
        "test assert_allocations_sum_to_the_transaction_price",
    ),
    _fault(
        "schedules leave out December",
        {"revenue_schedule_lines": _without_rows("described", "accounting_period = '2026-12'")},
        "test schedules_sum_to_the_allocated_price",
    ),
    _fault(
        "controls hold nothing any more, and an invoice should be held",
        {
            "int_subledger_lines_held": _replaced(
                "min(line_hold_code) over", "null::varchar || min(line_hold_code) over"
            )
        },
        "test assert_held_subjects_are_not_proposed",
        inject=lambda case: land_events(
            case.company, "billing", [invoice("I-9", "S9", "2400.00", total_amount="2500.00")]
        ),
    ),
    _fault(
        "payments raise the receivable instead of clearing it",
        {"int_payment_entries": _replaced("-receivable_minor as", "receivable_minor as")},
        "test assert_entry_groups_balance",
    ),
    _fault(
        "closed periods count as open",
        {"int_posting_dates": _replaced("state = 'open'", "state <> ''")},
        "test assert_nothing_is_proposed_into_a_closed_period",
        inject=lambda case: land_usage(case.company, usage_row("late", "S1", "2026-01-15", "100")),
    ),
    _fault(
        "usage that was booked is counted twice",
        {
            "int_usage_by_day_part": _replaced(
                "sum(quantity) as quantity", "sum(quantity * 2) as quantity"
            )
        },
        "test assert_usage_is_added_up_whole",
    ),
    _fault(
        "a cancellation of usage is not applied",
        {"int_usage_by_day_part": _replaced("-1 as event_count,", "0 as event_count,")},
        "test assert_usage_is_added_up_whole",
        inject=corrects(usage_cancellation("c1", "u2")),
    ),
    _fault(
        "a cancellation of usage is applied twice",
        {
            "int_usage_by_day_part": _replaced(
                "-corrected.quantity as quantity,", "-2 * corrected.quantity as quantity,"
            )
        },
        "test assert_usage_is_added_up_whole",
        inject=corrects(usage_cancellation("c1", "u2")),
    ),
    _fault(
        "a join repeats every customer",
        {"int_customers_resolved": _doubled},
        "test a_source_customer_id_means_one_customer",
    ),
    _fault(
        "payments are not read any more",
        {"stg_events__payments": _replaced("'payment.succeeded'", "'payment.forgotten'")},
        "test every_event_has_an_explained_disposition",
    ),
]
