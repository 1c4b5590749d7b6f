-- One row per currency pair and span of a rate; every currency converts to itself at 1.
with

fx_rates as (

    select * from {{ ref('stg_reference__fx_rates') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

declared as (

    select
        from_currency,
        to_currency,
        valid_from,
        valid_to,
        cast({{ scaled_amount('rate') }} as bigint) as rate_scaled,
        from_currency || '/' || to_currency || '@' || cast(valid_from as varchar) as rate_id
    from fx_rates
    where from_currency <> to_currency

),

identities as (

    select
        currency as from_currency,
        currency as to_currency,
        date '1900-01-01' as valid_from,
        {{ end_of_time() }} as valid_to,
        cast(1000000000000 as bigint) as rate_scaled,
        cast(null as varchar) as rate_id
    from currencies

),

unioned as (

    select * from declared
    union all
    select * from identities

)

select * from unioned
