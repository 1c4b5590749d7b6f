-- One row per currency pair and first day.
-- Exchange rates, typed; the company folder was checked before it landed.
with

fx_rates as (

    select * from {{ source('raw', 'reference_fx_rates') }}

),

typed as (

    select
        fx_rates.from_currency,
        fx_rates.to_currency,
        cast(nullif(fx_rates.rate, '') as decimal(20, 12)) as rate,
        cast(nullif(fx_rates.valid_from, '') as date) as valid_from,
        fx_rates.snapshot_hash,
        fx_rates.row_number
    from fx_rates

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.from_currency, typed.to_currency
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
