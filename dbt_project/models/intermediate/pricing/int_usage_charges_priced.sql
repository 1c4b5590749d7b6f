-- One row per usage charge, with the price plan that applies and what is left to pay for.
-- The quantity is brought into the units of the price, the included quantity goes first, then the
-- free units of the month; a plan in another currency is no plan for this contract, and one that
-- looks at single events or units is none for a meter that does not keep them.
with

quantities as (

    select * from {{ ref('int_usage_charge_quantities') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }}

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
        prices.rounding_place,
        prices.rounding_decimals,
        prices.rounding_mode,
        prices.bills_first_flat_at_zero,
        prices.minimum_amount,
        prices.maximum_amount,
        prices.commitment_amount,
        prices.spend_cap_amount,
        prices.overage_factor,
        prices.window_months,
        prices.window_first_month,
        prices.prorates_limits,
        prices.has_adjustments,
        prices.valid_from as price_valid_from,
        prices.price_id is not null as has_price,
        coalesce(prices.included_quantity, 0) as included_quantity,
        coalesce(prices.free_quantity, 0) as free_quantity,
        {{ converted_quantity(
            'quantities.quantity', 'prices.conversion_operation', 'prices.conversion_factor',
            'prices.conversion_decimals', 'prices.conversion_rounding',
        ) }} as converted_quantity,
        (
            {{ line_bills("'flat'", 'prices.flat_billing', 'quantities.line_position') }}
            or prices.flat_day_count is not null
        )
        and (prices.flat_billing = 'advance' or quantities.is_complete) as flat_is_due,
        {{ inclusive_days(
            'prices.flat_day_count', 'quantities.service_start_date', 'quantities.service_end_date'
        ) }} as flat_days,
        {{ inclusive_month_days('prices.flat_day_count', 'quantities.service_start_date') }}
            as flat_month_days,
        left(prices.snapshot_hash, 12) || ':' || prices.price_id as price_version
    from quantities
    left join meters on quantities.meter_code = meters.meter_code
    left join prices
        on
            quantities.price_id = prices.price_id
            and quantities.currency = prices.currency
            and quantities.service_start_date >= prices.valid_from
            and quantities.service_start_date < prices.valid_to
            and {{ meter_suits('prices.price_model', 'meters.aggregation') }}

),

reduced as (

    select
        converted.*,
        {{ at_least('converted.converted_quantity - converted.included_quantity', '0') }}
            as payable_quantity
    from converted

),

priced as (

    select
        reduced.*,
        {{ billable_quantity('reduced.payable_quantity', free_quantity_left(
            'reduced.free_quantity',
            'coalesce(sum(reduced.payable_quantity) over earlier_in_the_month, 0)',
        )) }} as billable_quantity,
        sum(reduced.quantity) over the_month = 0 as is_month_without_use
    from reduced
    window
        the_month as (
            partition by
                reduced.contract_id,
                reduced.contract_line_id,
                reduced.price_id,
                reduced.period_start_date
        ),
        earlier_in_the_month as (
            the_month
            order by reduced.service_start_date
            rows between unbounded preceding and 1 preceding
        )

)

select * from priced
