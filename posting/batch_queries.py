"""The SQL that cuts a batch from the difference.

Belongs here: netting, splitting and ordering, over the temporary table `proposed`.
Does not: which of it runs when (batch_rows).
"""

# One row per document, account and product: what its deltas sum to in both currencies.
NET = """
create or replace temp table net as
select
    document_identity, account_code, dimension_product,
    sum(amount_minor)::bigint as amount_minor,
    sum(functional_amount_minor)::bigint as functional_amount_minor
from proposed
group by document_identity, account_code, dimension_product
"""

# Amounts that would stand on opposite sides go into two lines, one per currency.
JOURNAL_LINES = """
create or replace temp table cut_lines as
with parts as (
    select
        document_identity, account_code, dimension_product,
        unnest(case
            when amount_minor > 0 and functional_amount_minor < 0
                or amount_minor < 0 and functional_amount_minor > 0
            then ['transaction', 'functional']
            else ['both']
        end) as part,
        amount_minor, functional_amount_minor
    from net
    where amount_minor <> 0 or functional_amount_minor <> 0
),
signed as (
    select
        document_identity, account_code, dimension_product, part,
        case when part = 'functional' then 0 else amount_minor end as amount_minor,
        case when part = 'transaction' then 0 else functional_amount_minor end
            as functional_amount_minor
    from parts
)
select
    document_identity, account_code, dimension_product, part,
    row_number() over (
        partition by document_identity
        order by account_code, dimension_product, part desc
    ) as line_number,
    case when amount_minor > 0 or functional_amount_minor > 0 then 'debit' else 'credit' end
        as side,
    abs(amount_minor) as amount_minor,
    abs(functional_amount_minor) as functional_amount_minor
from signed
"""

# A delta whose line was split is split alike, so that every line is the sum of its deltas.
DELTAS = """
create or replace temp table cut_deltas as
select
    proposed.* exclude (amount_minor, functional_amount_minor),
    cut_lines.line_number,
    case when proposed.grain = 'document'
        then proposed.document_type || ':' || proposed.document_id end as source_document,
    case when cut_lines.part = 'functional' then 0 else proposed.amount_minor end
        as amount_minor,
    case when cut_lines.part = 'transaction' then 0 else proposed.functional_amount_minor end
        as functional_amount_minor
from proposed
left join cut_lines
    on proposed.document_identity = cut_lines.document_identity
    and proposed.account_code = cut_lines.account_code
    and proposed.dimension_product = cut_lines.dimension_product
"""

# What stays unposted: the baseline that the next preview of changes is measured against.
HELD = """
create or replace temp table held as
select
    subledger_line_key, entry_group_key, contract_id, document_type, document_id, account_code,
    coalesce(hold_code, ?) as hold_code,
    difference_minor::bigint as amount_minor,
    difference_functional_minor::bigint as functional_amount_minor
from journals.subledger_differences
where (difference_minor is distinct from 0 or difference_functional_minor is distinct from 0)
    and subledger_line_key not in (select subledger_line_key from proposed)
"""

RECORDS = {
    "document": "select *, ?::bigint as batch_number from cut_documents order by document_key",
    "journal_line": """
        select cut_lines.*, cut_documents.document_key, ?::bigint as batch_number
        from cut_lines join cut_documents
            on cut_lines.document_identity = cut_documents.document_identity
        order by cut_documents.document_key, cut_lines.line_number""",
    "delta": """
        select cut_deltas.*, cut_documents.document_key, ?::bigint as batch_number
        from cut_deltas left join cut_documents
            on cut_deltas.document_identity = cut_documents.document_identity
        order by cut_deltas.subledger_line_key, cut_deltas.line_number""",
    "held": "select *, ?::bigint as batch_number from held order by subledger_line_key",
}
