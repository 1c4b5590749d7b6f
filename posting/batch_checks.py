"""What must be true of proposed lines before they are sealed.

Belongs here: invariants of the books, each with a sentence naming what breaks it.
Does not: business problems. Those were held by controls before anything was proposed.
"""

import duckdb

from posting.errors import UnsealableLinesError

_SHOWN = 5

# Sentence with placeholders for the columns, and the query that returns the offenders.
_CHECKS = (
    (
        "Subledger line {} is proposed {} times.",
        "select subledger_line_key, count(*) from proposed group by subledger_line_key "
        "having count(*) > 1",
    ),
    (
        "Subledger line {} has no {}.",
        """
        select subledger_line_key, missing from (
            select subledger_line_key, unnest([
                case when account_code is null then 'account' end,
                case when amount_minor is null then 'amount' end,
                case when functional_amount_minor is null then 'functional amount' end,
                case when posting_date is null then 'posting date' end,
                case when document_identity is null then 'document' end,
                case when entry_group_key is null then 'entry group' end
            ]) as missing
            from proposed
        ) where missing is not null""",
    ),
    (
        "Entry group {} is spread over {} documents; it must be sealed whole.",
        "select entry_group_key, count(distinct document_identity) from proposed "
        "group by entry_group_key having count(distinct document_identity) > 1",
    ),
    (
        "Entry group {} does not balance: off by {} {} and {} {} minor units.",
        """
        select entry_group_key, sum(amount_minor)::bigint, min(transaction_currency),
            sum(functional_amount_minor)::bigint, min(functional_currency)
        from proposed group by entry_group_key
        having sum(amount_minor) <> 0 or sum(functional_amount_minor) <> 0""",
    ),
    (
        "Document {} mixes {} combinations of ERP, book, entity, currencies, date, period, type "
        "and source document; a document has one.",
        """
        select document_identity, count(*) from (
            select distinct document_identity, erp_code, book, legal_entity_code,
                transaction_currency, functional_currency, posting_date, accounting_period,
                entry_type,
                case when grain = 'document' then document_type || ':' || document_id end
            from proposed
        ) group by document_identity having count(*) > 1""",
    ),
)


def refuse_unsealable(
    connection: duckdb.DuckDBPyConnection, closed_periods: frozenset[tuple[str, str, str]]
) -> None:
    """Refuse to seal the temporary table `proposed` when an invariant does not hold.

    Raises:
        UnsealableLinesError: with what breaks it.
    """
    problems: list[str] = []
    for sentence, query in _CHECKS:
        offenders = connection.execute(f"{query} order by 1, 2").fetchall()
        problems += [sentence.format(*offender) for offender in offenders[:_SHOWN]]
        if len(offenders) > _SHOWN:
            problems.append(f"({len(offenders) - _SHOWN} more of the same kind.)")
    proposed_periods = connection.execute(
        "select distinct erp_code, legal_entity_code, accounting_period from proposed order by all"
    ).fetchall()
    problems += [
        f"Period {period} of {entity} was closed while the books were built; build them again."
        for erp, entity, period in proposed_periods
        if (erp, entity, period) in closed_periods
    ]
    if problems:
        raise UnsealableLinesError("Nothing was sealed.\n" + "\n".join(problems))
