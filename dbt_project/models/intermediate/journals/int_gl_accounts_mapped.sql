-- One row per legal entity, product, account role and last day of a period in use: the account
-- mapped on that day, that of the product before that of all products.
with

entries as (

    select * from {{ ref('int_subledger_entries_unioned') }}

),

gl_mappings as (

    select * from {{ ref('stg_reference__gl_mappings') }}

),

used as (

    select distinct
        legal_entity_code,
        coalesce(product_code, '') as product_code,
        account_role,
        mapping_date
    from entries

),

mapped as (

    select
        used.legal_entity_code,
        used.product_code,
        used.account_role,
        used.mapping_date,
        gl_mappings.account_code,
        left(gl_mappings.snapshot_hash, 12) as mapping_version
    from used
    inner join gl_mappings
        on
            used.legal_entity_code = gl_mappings.legal_entity_code
            and gl_mappings.product_code in (used.product_code, '*')
            and used.account_role = gl_mappings.account_role
            and used.mapping_date >= gl_mappings.valid_from
            and used.mapping_date < gl_mappings.valid_to
    qualify row_number() over (
        partition by
            used.legal_entity_code, used.product_code, used.account_role, used.mapping_date
        order by
            case gl_mappings.product_code when '*' then 1 else 0 end,
            gl_mappings.valid_from desc,
            gl_mappings.row_number asc
    ) = 1

)

select * from mapped
