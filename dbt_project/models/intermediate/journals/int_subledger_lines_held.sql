-- One row per subledger line key that should exist or was sealed, with the posting date and the one
-- reason that holds its entry group back, if any: a group is posted whole or not at all.
with

compared as (

    select * from {{ ref('int_subledger_lines_compared') }}

),

holds as (

    select * from {{ ref('holds') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

documents as (

    select * from {{ ref('int_documents') }}

),

posting_dates as (

    select * from {{ ref('int_posting_dates') }}

),

judged as (

    select
        compared.*,
        posting_dates.posting_date,
        case
            when contract_holds.hold_code is not null then contract_holds.hold_code
            when document_holds.hold_code is not null then document_holds.hold_code
            when
                not compared.is_in_should
                and (
                    (compared.document_type is null and contracts.contract_id is null)
                    or (compared.document_type is not null and documents.document_id is null)
                )
                then 'SUBJECT_VANISHED'
            when
                compared.should_minor is null
                or compared.should_functional_minor is null
                or compared.account_code is null
                then 'UNKNOWN_AMOUNT'
            when posting_dates.posting_date is null then 'NO_OPEN_PERIOD'
        end as line_hold_code
    from compared
    left join holds as contract_holds
        on
            contract_holds.subject_type = 'contract'
            and compared.contract_id = contract_holds.subject_key
    left join holds as document_holds
        on
            document_holds.subject_type = 'document'
            and compared.document_type || ':' || compared.document_id
            = document_holds.subject_key
    left join contracts on compared.contract_id = contracts.contract_id
    left join documents
        on
            compared.document_type = documents.document_type
            and compared.document_id = documents.document_id
    left join posting_dates
        on
            compared.erp_code = posting_dates.erp_code
            and compared.legal_entity_code = posting_dates.legal_entity_code
            and compared.wanted_posting_date = posting_dates.wanted_posting_date

),

held as (

    select
        *,
        min(line_hold_code) over (partition by entry_group_key) as hold_code
    from judged

)

select * from held
