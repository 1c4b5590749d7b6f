-- One row per legal entity, entry type and first day.
-- Totals above which a person approves, typed; the company folder was checked before it landed.
with

approval_limits as (

    select * from {{ source('raw', 'reference_approval_limits') }}

),

typed as (

    select
        approval_limits.legal_entity_code,
        approval_limits.entry_type,
        cast(nullif(approval_limits.above_amount, '') as decimal(26, 6)) as above_amount,
        cast(nullif(approval_limits.valid_from, '') as date) as valid_from,
        approval_limits.snapshot_hash,
        approval_limits.row_number
    from approval_limits

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.legal_entity_code, typed.entry_type
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
