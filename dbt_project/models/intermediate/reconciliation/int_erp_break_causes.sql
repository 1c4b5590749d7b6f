-- One row per document that the ledger and the ERP do not agree on, and kind of disagreement, with
-- the class of its cause: what in the document differs.
with

breaks as (

    select * from {{ ref('erp_document_breaks') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

erp_document_lines as (

    select * from {{ ref('stg_exports__erp_document_lines') }}

),

imbalances as (

    select
        erp_code,
        erp_document_id,
        sum(case when side = 'debit' then amount_minor else -amount_minor end) <> 0
        or sum(
            case when side = 'debit' then functional_amount_minor else -functional_amount_minor end
        ) <> 0 as is_unbalanced
    from erp_document_lines
    where state = 'posted'
    group by erp_code, erp_document_id

),

classed as (

    select
        breaks.*,
        journal_entries.accounting_period as sealed_period,
        case
            when breaks.break_code = 'MISSING_IN_ERP' then 'missing_document'
            when breaks.break_code = 'DUPLICATE_IN_ERP' then 'duplicate_document'
            when breaks.break_code = 'UNKNOWN_IN_ERP' then 'source'
            when imbalances.is_unbalanced then 'imbalance'
            when breaks.difference_minor <> 0 or breaks.functional_difference_minor <> 0
                then 'wrong_amount'
            when (breaks.posting_date is distinct from journal_entries.posting_date)
                then 'timing'
            else 'wrong_account'
        end as cause_class
    from breaks
    left join journal_entries on breaks.document_key = journal_entries.document_key
    left join imbalances
        on
            breaks.erp_code = imbalances.erp_code
            and breaks.erp_document_id = imbalances.erp_document_id

)

select * from classed
