-- One row per legal entity, product, role and first day.
-- Account per product and role, typed; the company folder was checked before it landed.
with

gl_mappings as (

    select * from {{ source('raw', 'reference_gl_mappings') }}

),

typed as (

    select
        gl_mappings.legal_entity_code,
        gl_mappings.product_code,
        gl_mappings.account_role,
        gl_mappings.account_code,
        cast(nullif(gl_mappings.valid_from, '') as date) as valid_from,
        gl_mappings.snapshot_hash,
        gl_mappings.row_number
    from gl_mappings

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.legal_entity_code, typed.product_code, typed.account_role
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
