-- One row per link from a subledger line through its journal line and document to the ERP.
with

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }}
    where not is_voided and document_key is not null

),

journal_lines as (

    select * from {{ ref('journal_lines') }}

),

erp_documents as (

    select * from {{ ref('int_erp_documents_matched') }} where is_sealed

),

links as (

    select
        'subledger_line' as from_type,
        subledger_line_key as from_key,
        'journal_line' as to_type,
        journal_line_key as to_key
    from journal_line_sources
    where line_number is not null

    union

    select
        'subledger_line' as from_type,
        subledger_line_key as from_key,
        'document' as to_type,
        document_key as to_key
    from journal_line_sources
    where line_number is null

    union

    select
        'journal_line' as from_type,
        journal_line_key as from_key,
        'document' as to_type,
        document_key as to_key
    from journal_lines

    union

    select
        'document' as from_type,
        document_key as from_key,
        'erp_document' as to_type,
        erp_code || ':' || erp_document_id as to_key
    from erp_documents

)

select * from links
