"""Why an obligation has its price, and why a period has its part of it.

Belongs here: the allocated price of an obligation, one line of its revenue schedule.
Does not: what is booked because of it (journals), or balances of the contract (balances).
"""

from core.money import format_amount
from orchestration.explain.books import Books, Row
from orchestration.explain.explanation import (
    Explanation,
    Input,
    Onward,
    Operand,
    Step,
    money,
    money_step,
    number,
    sum_step,
)

_OBLIGATION = """
    select obligations.*, lines.unit_price, lines.price_period, lines.full_months, lines.stub_days,
        lines.stub_month_days, lines.version_days, lines.term_days, lines.term_price_minor,
        coalesce(lines.quantity, 1) as quantity, contracts.currency, versions.event_key,
        versions.term_start_date
    from revenue.performance_obligations as obligations
    inner join contracts.contract_version_lines as lines
        on obligations.performance_obligation_id = lines.contract_version_line_id
    inner join contracts.contract_versions as versions
        on obligations.contract_version_id = versions.contract_version_id
    inner join contracts.contracts as contracts
        on obligations.contract_id = contracts.contract_id
    where obligations.performance_obligation_id = $1
"""
_POOL = """
    select performance_obligation_id, version_price_minor, ssp_minor
    from revenue.performance_obligations
    where contract_version_id = $1
    order by contract_line_id
"""
_PERIODS = """
    select accounting_period, recognized_minor, scheduled_minor
    from revenue.revenue_schedule_lines
    where performance_obligation_id = $1
    order by accounting_period
"""
_SCHEDULE_LINE = """
    select * from revenue.revenue_schedule_lines
    where performance_obligation_id = $1 and accounting_period = $2
"""
_MONTHS_OF = {"year": 12, "month": 1}
_ALLOCATION = (
    "docs/accounting/recipes.md#two-obligations-and-a-discount",
    "docs/decisions/0007-prospective-modification-in-closed-form.md",
    "ASC 606-10-32-28: allocation by relative standalone selling price",
)
_SCHEDULE = (
    "docs/accounting/recipes.md#an-annual-invoice-in-advance",
    "docs/decisions/0007-prospective-modification-in-closed-form.md",
    "accounting policy: daily straight line, cumulative rounding, half up",
)


def explain_obligation(books: Books, obligation_id: str) -> Explanation:
    """Explain the share of the transaction price that an obligation has."""
    (row,) = books.ask(_OBLIGATION, obligation_id)
    pool = books.ask(_POOL, row["contract_version_id"])
    currency = row["currency"]
    return Explanation(
        kind="performance_obligation",
        key=obligation_id,
        title=(
            f"obligation {obligation_id} ({row['product_code']}): allocated price"
            f" {format_amount(row['allocated_price_minor'], currency)},"
            f" {row['start_date']} to {row['end_date']}"
        ),
        rule=(
            "the fixed lines of a contract version share their price by standalone selling price;"
            " shares are cumulative in the order of the contract lines, so they sum to the price"
        ),
        references=_ALLOCATION,
        inputs=tuple(_price_inputs(books, row)),
        steps=(*_price_steps(row), *_share_steps(row, pool)),
        onward=(
            *(
                Onward(identifier=other["performance_obligation_id"], words="shares its price")
                for other in pool
                if other["performance_obligation_id"] != obligation_id
            ),
            *(
                Onward(
                    identifier=f"{obligation_id}:{line['accounting_period']}",
                    words=f"{format_amount(line['scheduled_minor'], currency)} planned,"
                    f" {format_amount(line['recognized_minor'], currency)} recognised",
                )
                for line in books.ask(_PERIODS, obligation_id)
            ),
        ),
    )


def explain_schedule_line(books: Books, obligation_id: str, period: str) -> Explanation:
    """Explain what falls into a period by plan, and what of it is revenue by now."""
    (row,) = books.ask(_OBLIGATION, obligation_id)
    (line,) = books.ask(_SCHEDULE_LINE, obligation_id, period)
    currency = row["currency"]
    return Explanation(
        kind="revenue_schedule_line",
        key=f"{obligation_id}:{period}",
        title=(
            f"revenue schedule line {obligation_id}:{period}:"
            f" {format_amount(line['scheduled_minor'], currency)} planned,"
            f" {format_amount(line['recognized_minor'], currency)} recognised"
        ),
        rule=(
            "what falls on the days through the end of the period less what fell on the days"
            " before it; first and last day count, each figure is rounded half up"
        ),
        references=_SCHEDULE,
        inputs=(
            Input(
                name="allocated price",
                value=format_amount(row["allocated_price_minor"], currency),
                source=f"obligation {obligation_id}",
            ),
            Input(
                name="days",
                value=f"{row['start_date']} to {row['end_date']}, {number(row['total_days'])} days",
                source=books.event(row["event_key"]),
            ),
        ),
        steps=tuple(_schedule_steps(row, line)),
        notes=tuple(_schedule_notes(row, line)),
        onward=(
            Onward(identifier=obligation_id, words="the allocated price"),
            Onward(identifier=f"{row['contract_id']}:{period}", words="the contract's balances"),
        ),
    )


def _price_inputs(books: Books, row: Row) -> list[Input]:
    stated = books.event(row["event_key"])
    inputs = [
        Input(name="quantity", value=number(row["quantity"]), source=stated),
        Input(
            name="unit price",
            value=f"{number(row['unit_price'])} {row['currency']} per {row['price_period']}",
            source=stated,
        ),
        Input(
            name="term",
            value=f"{row['term_start_date']} to {row['end_date']},"
            f" this version from {row['start_date']}",
            source=stated,
        ),
    ]
    selling_price = "none: the line's own price counts"
    if row["is_ssp_found"]:
        selling_price = f"{number(row['ssp_amount'])} {row['currency']} per year and unit"
    source = f"ssps.csv, product {row['product_code']} on {row['start_date']}"
    return [*inputs, Input(name="standalone selling price", value=selling_price, source=source)]


def _price_steps(row: Row) -> list[Step]:
    """Return price and standalone selling price of the line, for the term and the version."""
    currency = row["currency"]
    months_of_price = _MONTHS_OF.get(row["price_period"])
    steps = [
        _term_step("term price", row, row["unit_price"], months_of_price, row["term_price_minor"]),
        _version_step("version price", row, row["term_price_minor"], row["version_price_minor"]),
    ]
    if not row["is_ssp_found"]:
        own = [("version price", money(row["version_price_minor"], currency))]
        return [
            *steps,
            money_step("standalone selling price", "{}", own, row["ssp_minor"], currency),
        ]
    return [
        *steps,
        _term_step("selling price of the term", row, row["ssp_amount"], 12, row["term_ssp_minor"]),
        _version_step("standalone selling price", row, row["term_ssp_minor"], row["ssp_minor"]),
    ]


def _term_step(
    name: str, row: Row, unit_price: object, months_of_price: int | None, stored: int | None
) -> Step:
    months = "({} + {} / {})" if row["stub_days"] else "{}"
    stub: list[Operand] = [
        ("days after the last whole month", number(row["stub_days"])),
        ("days of that month", number(row["stub_month_days"])),
    ]
    operands: list[Operand] = [
        ("quantity", number(row["quantity"])),
        ("unit price", number(unit_price)),
        ("whole months of the term", number(row["full_months"])),
        *(stub if row["stub_days"] else []),
        ("months the price is for", number(months_of_price)),
    ]
    return money_step(
        name, f"round({{}} x {{}} x {months} / {{}})", operands, stored, row["currency"]
    )


def _version_step(name: str, row: Row, whole: int | None, stored: int | None) -> Step:
    operands = [
        ("price of the term", money(whole, row["currency"])),
        ("days of the version to the end of the term", number(row["version_days"])),
        ("days of the term", number(row["term_days"])),
    ]
    return money_step(name, "round({} x {} / {})", operands, stored, row["currency"])


def _share_steps(row: Row, pool: list[Row]) -> list[Step]:
    """Return the price of the version and the obligation's part of it."""
    currency = row["currency"]
    transaction_price = row["transaction_price_minor"]
    steps = [
        sum_step(
            "transaction price",
            [(each["performance_obligation_id"], each["version_price_minor"]) for each in pool],
            transaction_price,
            currency,
        ),
        sum_step(
            "selling prices together",
            [(each["performance_obligation_id"], each["ssp_minor"]) for each in pool],
            row["ssp_total_minor"],
            currency,
        ),
    ]
    if not row["ssp_total_minor"]:
        own = [("version price", money(row["version_price_minor"], currency))]
        return [
            *steps,
            money_step("allocated price", "{}", own, row["allocated_price_minor"], currency),
        ]
    price = ("transaction price", money(transaction_price, currency))
    total = ("selling prices together", money(row["ssp_total_minor"], currency))
    before = row["ssp_before_minor"]
    template, operands = "round({} x {} / {})", [price]
    up_to = None if before is None else before + row["ssp_minor"]
    operands += [("selling prices up to this line", money(up_to, currency)), total]
    if before:
        template += " - round({} x {} / {})"
        operands += [price, ("selling prices before it", money(before, currency)), total]
    return [
        *steps,
        money_step("allocated price", template, operands, row["allocated_price_minor"], currency),
    ]


def _schedule_steps(row: Row, line: Row) -> list[Step]:
    steps = []
    if line["days_through"] is not None:
        steps.append(_days_step("planned", row, line, line["days_through"], "scheduled_minor"))
    served = line["recognized_days_through"]
    recognized, terminated = line["recognized_minor"], line["terminated_minor"]
    if served is not None:
        service = {**line, "service_minor": recognized - terminated}
        steps.append(_days_step("recognised by days", row, service, served, "service_minor"))
    service_minor = recognized - terminated if served is not None else 0
    if terminated or served is None:
        steps.append(
            sum_step(
                "recognised",
                [("by days", service_minor), ("when the contract ended", terminated)],
                recognized,
                row["currency"],
            )
        )
    return steps


def _days_step(name: str, row: Row, line: Row, through: int, stored: str) -> Step:
    price = ("allocated price", money(row["allocated_price_minor"], row["currency"]))
    total = ("days in all", number(row["total_days"]))
    template = "round({} x {} / {})"
    operands = [price, ("days through the end", number(through)), total]
    if line["days_before"] != 0:
        template += " - round({} x {} / {})"
        operands += [price, ("days before", number(line["days_before"])), total]
    return money_step(name, template, operands, line[stored], row["currency"])


def _schedule_notes(row: Row, line: Row) -> list[str]:
    notes = []
    if line["terminated_minor"]:
        notes.append(
            "The contract ended without a refund: what was billed and never will be served is"
            " revenue on that day (docs/accounting/recipes.md#cancelled-without-a-refund)."
        )
    served, planned = line["recognized_days_through"], line["days_through"]
    if planned is not None and (served or line["days_before"]) < planned:
        notes.append(
            f"Planned and recognised differ: service under this version is counted to"
            f" {row['last_service_date']}, or to the last complete day before the books' date."
        )
    return notes
