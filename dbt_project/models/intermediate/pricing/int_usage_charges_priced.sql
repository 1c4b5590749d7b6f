-- One row per usage charge, with the price plan that applies and what is left to pay for.
-- The quantity is brought into the units of the price and the included quantity goes first; a plan
-- in another currency is no plan for this contract.
with

quantities as (

    select * from {{ ref('int_usage_charge_quantities') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

converted as (

    select
        quantities.*,
        prices.price_model,
        prices.package_size,
        prices.package_rounding,
        prices.conversion_operation,
        prices.conversion_factor,
        prices.conversion_decimals,
        prices.conversion_rounding,
        prices.price_id is not null as has_price,
        coalesce(prices.included_quantity, 0) as included_quantity,
        {{ converted_quantity(
            'quantities.quantity', 'prices.conversion_operation', 'prices.conversion_factor',
            'prices.conversion_decimals', 'prices.conversion_rounding',
        ) }} as converted_quantity,
        left(prices.snapshot_hash, 12) || ':' || prices.price_id as price_version
    from quantities
    left join prices
        on
            quantities.price_id = prices.price_id
            and quantities.currency = prices.currency
            and quantities.service_start_date >= prices.valid_from
            and quantities.service_start_date < prices.valid_to

),

priced as (

    select
        converted.*,
        cast(
            {{ at_least('converted.converted_quantity - converted.included_quantity', '0') }}
            as decimal(28, 6)
        ) as billable_quantity
    from converted

)

select * from priced
