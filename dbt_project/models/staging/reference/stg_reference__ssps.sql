-- One row per product, currency and first day.
-- Standalone selling prices, typed; the company folder was checked before it landed.
with

ssps as (

    select * from {{ source('raw', 'reference_ssps') }}

),

typed as (

    select
        ssps.product_code,
        ssps.currency,
        cast(nullif(ssps.ssp_amount, '') as decimal(20, 12)) as ssp_amount,
        cast(nullif(ssps.valid_from, '') as date) as valid_from,
        ssps.snapshot_hash,
        ssps.row_number
    from ssps

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.product_code, typed.currency
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
