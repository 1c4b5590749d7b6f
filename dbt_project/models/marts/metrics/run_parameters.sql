-- One row: the instant, heads and versions that the published marts were computed from.
with

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

final as (

    select
        run_id,
        as_of,
        raw_head,
        ledger_head,
        code_version,
        reference_version,
        policy_version
    from parameters

)

select * from final
