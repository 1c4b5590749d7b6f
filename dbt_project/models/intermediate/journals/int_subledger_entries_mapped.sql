-- One row per account role touched by one cause, with its account and its keys.
with

entries as (

    select * from {{ ref('int_subledger_entries_unioned') }}

),

gl_accounts as (

    select * from {{ ref('int_gl_accounts_mapped') }}

),

mapped as (

    select
        entries.*,
        gl_accounts.account_code,
        gl_accounts.mapping_version,
        case
            when entries.account_role = 'revenue' then coalesce(entries.product_code, '') else ''
        end as dimension_product,
        case
            when entries.document_type is null
                then entries.contract_id || '/' || entries.contract_line_id
            else entries.document_line_id
        end as line_reference,
        -- The lines of an adjustment balance together, those of other documents each on its own.
        case
            when entries.document_type in ('adjustment', 'reversal') then entries.document_id
            when entries.document_type is null
                then entries.contract_id || '/' || entries.contract_line_id
            else entries.document_line_id
        end as group_reference
    from entries
    left join gl_accounts
        on
            entries.legal_entity_code = gl_accounts.legal_entity_code
            and coalesce(entries.product_code, '') = gl_accounts.product_code
            and entries.account_role = gl_accounts.account_role
            and entries.mapping_date = gl_accounts.mapping_date

),

keyed as (

    select
        *,
        left({{ sha256_key([
            'book',
            'legal_entity_code',
            'document_type',
            'document_id',
            'line_reference',
            'entry_type',
            'account_role',
            'account_code',
            'dimension_product',
            'transaction_currency',
            'origin_period',
        ]) }}, 32) as subledger_line_key,
        left({{ sha256_key([
            'book',
            'legal_entity_code',
            'document_type',
            'document_id',
            'group_reference',
            'entry_type',
            'transaction_currency',
            'origin_period',
        ]) }}, 32) as entry_group_key
    from mapped

)

select * from keyed
