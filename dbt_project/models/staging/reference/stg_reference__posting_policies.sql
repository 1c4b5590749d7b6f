-- One row per entry type, legal entity and first day.
-- How entry types are posted, typed; the company folder was checked before it landed.
with

posting_policies as (

    select * from {{ source('raw', 'reference_posting_policies') }}

),

typed as (

    select
        posting_policies.entry_type,
        posting_policies.legal_entity_code,
        posting_policies.grain,
        posting_policies.cadence,
        cast(nullif(posting_policies.valid_from, '') as date) as valid_from,
        posting_policies.snapshot_hash,
        posting_policies.row_number
    from posting_policies

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.entry_type, typed.legal_entity_code
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
