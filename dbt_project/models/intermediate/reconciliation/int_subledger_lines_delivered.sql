-- One row per subledger line key, sealed or not: what should be in the books, what is sealed, what
-- the ERP has acknowledged, and why the rest is not there yet. Computed after sealing: the sealed
-- side is the ledger of now, not the one the difference was taken from.
with

subledger_differences as (

    select * from {{ ref('subledger_differences') }}

),

sealed as (

    select * from {{ ref('int_subledger_lines_sealed') }}

),

compared as (

    select
        subledger_differences.subledger_line_key,
        subledger_differences.entry_group_key,
        subledger_differences.book,
        subledger_differences.legal_entity_code,
        subledger_differences.contract_id,
        subledger_differences.customer_id,
        subledger_differences.document_type,
        subledger_differences.document_id,
        subledger_differences.document_line_id,
        subledger_differences.contract_line_id,
        subledger_differences.contract_version_id,
        subledger_differences.entry_type,
        subledger_differences.account_role,
        subledger_differences.account_code,
        subledger_differences.transaction_currency,
        subledger_differences.functional_currency,
        subledger_differences.origin_period,
        subledger_differences.hold_code,
        subledger_differences.should_minor is not null as is_known,
        coalesce(subledger_differences.should_minor, 0) as should_minor,
        coalesce(sealed.sealed_minor, 0) as sealed_minor,
        coalesce(sealed.posted_minor, 0) as posted_minor,
        coalesce(subledger_differences.should_functional_minor, 0) as should_functional_minor,
        coalesce(sealed.sealed_functional_minor, 0) as sealed_functional_minor,
        coalesce(sealed.posted_functional_minor, 0) as posted_functional_minor,
        coalesce(sealed.open_delivery_status, 'posted') as sealed_status
    from subledger_differences
    left join sealed
        on subledger_differences.subledger_line_key = sealed.subledger_line_key

),

explained as (

    select
        *,
        should_minor - sealed_minor as unsealed_minor,
        should_functional_minor - sealed_functional_minor as unsealed_functional_minor,
        case
            when
                should_minor = sealed_minor
                and should_functional_minor = sealed_functional_minor
                and coalesce(hold_code, '') <> 'UNKNOWN_AMOUNT'
                then sealed_status
            when hold_code is not null then 'held'
            else 'awaiting_sealing'
        end as delivery_status
    from compared

)

select * from explained
