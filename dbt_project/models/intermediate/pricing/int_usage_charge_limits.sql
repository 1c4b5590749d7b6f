-- One row per usage charge whose price says more than its tiers: what the tiers come to, and what
-- its month and its window may and must come to. Amounts are whole counts of 10^-18.
{% set limit_spans = {
    'minimum': 'month', 'maximum': 'month', 'commitment': 'window', 'spend_cap': 'window',
} %}
{% set days_of_span = {
    'month': days_in_month('dated.period_start_date'),
    'window': days_between('dated.window_start_date', 'dated.window_end_date'),
} %}
with

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where has_adjustments

),

tiers as (

    select * from {{ ref('int_usage_charges_tiered') }}

),

line_months as (

    select * from {{ ref('int_usage_line_months') }}

),

spans as (

    select * from {{ ref('int_usage_spans') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

rated as (

    select
        tiers.usage_charge_id,
        {{ rating_amount('tiers') }} as tiers_scaled
    from tiers
    group by tiers.usage_charge_id

),

windowed as (

    select
        charges.*,
        rated.tiers_scaled,
        coalesce(charges.rounding_decimals, currencies.minor_unit_exponent) as limit_decimals,
        case when charges.rounding_place = 'charge' then 18 else charges.rounding_decimals end
            as step_decimals,
        {{ window_start(
            'charges.period_start_date', 'charges.window_months', 'charges.window_first_month',
            'charges.price_first_date',
        ) }} as window_start_date
    from charges
    left join rated on charges.usage_charge_id = rated.usage_charge_id
    left join currencies on charges.currency = currencies.currency

),

dated as (

    select
        windowed.*,
        {{ add_months('windowed.window_start_date', 'windowed.window_months') }} as window_end_date
    from windowed

),

served as (

    select
        dated.usage_charge_id,
        sum(line_months.service_days) filter (
            where line_months.period_start_date = dated.period_start_date
        ) as month_service_days,
        sum(line_months.service_days) as window_service_days
    from dated
    inner join line_months
        on
            dated.contract_id = line_months.contract_id
            and dated.contract_line_id = line_months.contract_line_id
            and dated.price_id = line_months.price_id
            and dated.window_start_date <= line_months.period_start_date
            and dated.window_end_date > line_months.period_start_date
    group by dated.usage_charge_id

),

ended as (

    -- The last day on which anything can be charged in the window.
    select
        dated.usage_charge_id,
        max(spans.service_end_date) as window_last_date
    from dated
    inner join spans
        on
            dated.contract_id = spans.contract_id
            and dated.contract_line_id = spans.contract_line_id
            and dated.price_id = spans.price_id
            and dated.window_start_date <= spans.period_start_date
            and dated.window_end_date > spans.period_start_date
    group by dated.usage_charge_id

),

limited as (

    select
        dated.usage_charge_id,
        dated.contract_id,
        dated.contract_line_id,
        dated.price_id,
        dated.price_valid_from,
        dated.period_start_date,
        dated.window_start_date,
        dated.window_end_date,
        dated.service_start_date,
        dated.payable_quantity - dated.billable_quantity as free_quantity,
        dated.is_complete and dated.line_position in ('single', 'last') as is_month_over,
        dated.is_complete and dated.service_end_date = ended.window_last_date as is_window_over,
        dated.step_decimals,
        dated.rounding_mode,
        dated.overage_factor,
        dated.tiers_scaled,
        case
            when dated.rounding_place = 'amount'
                then {{ round_scaled(
                    'dated.tiers_scaled', 'dated.rounding_decimals', 'dated.rounding_mode'
                ) }}
            else dated.tiers_scaled
        end as amount_scaled,
        served.month_service_days,
        served.window_service_days,
    {%- for limit, span in limit_spans.items() %}
        dated.{{ limit }}_amount,
        {{ limit_scaled(
            'dated.' ~ limit ~ '_amount', 'dated.prorates_limits',
            'served.' ~ span ~ '_service_days', days_of_span[span],
            'dated.limit_decimals', 'dated.rounding_mode',
        ) }} as {{ limit }}_scaled
        {{- ',' if not loop.last }}
    {%- endfor %}
    from dated
    inner join served on dated.usage_charge_id = served.usage_charge_id
    inner join ended on dated.usage_charge_id = ended.usage_charge_id

)

select * from limited
