-- One row per document of the ledger or the ERP, voided ones aside: the sealed total against the
-- total of the documents the ERP posted under its key. Single documents hide nothing behind sums.
with

journal_entries as (

    select * from {{ ref('journal_entries') }} where not is_voided

),

erp_documents as (

    select * from {{ ref('int_erp_documents_matched') }}

),

breaks as (

    select * from {{ ref('erp_document_breaks') }}

),

broken as (

    select distinct
        erp_code,
        document_key
    from breaks

),

posted as (

    select
        erp_code,
        coalesce(document_key, 'no key') as document_key,
        min(currency) as currency,
        count(*) as document_count,
        cast(sum(debit_minor) as bigint) as erp_minor
    from erp_documents
    group by erp_code, coalesce(document_key, 'no key')

),

compared as (

    select
        erp_code,
        document_key,
        coalesce(journal_entries.currency, posted.currency) as currency,
        'Sealed documents' as left_name,
        'Documents in the ERP' as right_name,
        case when journal_entries.batch_number is null then 0 else 1 end as left_count,
        coalesce(posted.document_count, 0) as right_count,
        coalesce(journal_entries.total_minor, 0) as left_minor,
        coalesce(posted.erp_minor, 0) as right_minor,
        case
            when
                posted.document_count is null
                and journal_entries.delivery_status <> 'posted'
                then journal_entries.total_minor
            else 0
        end as explained_minor
    from journal_entries
    full join posted using (erp_code, document_key)

),

final as (

    select
        compared.*,
        compared.left_minor - compared.right_minor - compared.explained_minor
            as difference_minor,
        broken.document_key is null as is_tied
    from compared
    left join broken
        on
            compared.erp_code = broken.erp_code
            and compared.document_key = broken.document_key

)

select * from final
