-- One row per policy, legal entity and first day.
-- Settings, typed; the company folder was checked before it landed.
with

policies as (

    select * from {{ source('raw', 'reference_policies') }}

),

typed as (

    select
        policies.policy_code,
        policies.legal_entity_code,
        policies.policy_value,
        cast(nullif(policies.valid_from, '') as date) as valid_from,
        policies.snapshot_hash,
        policies.row_number
    from policies

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.policy_code, typed.legal_entity_code
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
