-- One row per period and decision about it: somebody closed it, or opened it again.
with

source as (

    select * from {{ source('exports', 'period_decisions') }}

),

renamed as (

    select
        erp_code,
        legal_entity_code,
        accounting_period,
        decision_number,
        decision,
        close_version,
        decided_by,
        decided_at,
        reason,
        accepted_checks,
        as_of,
        ledger_head
    from source

)

select * from renamed
