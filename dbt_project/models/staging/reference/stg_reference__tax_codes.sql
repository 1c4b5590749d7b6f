-- One row per legal entity, code and first day.
-- Tax codes, typed; the company folder was checked before it landed.
with

tax_codes as (

    select * from {{ source('raw', 'reference_tax_codes') }}

),

typed as (

    select
        tax_codes.legal_entity_code,
        tax_codes.tax_code,
        cast(nullif(tax_codes.tax_rate, '') as decimal(20, 12)) as tax_rate,
        tax_codes.jurisdiction,
        cast(nullif(tax_codes.valid_from, '') as date) as valid_from,
        tax_codes.snapshot_hash,
        tax_codes.row_number
    from tax_codes

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.legal_entity_code, typed.tax_code
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
