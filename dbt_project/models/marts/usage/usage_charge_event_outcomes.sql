-- One row per usage charge of a percentage price and outcome of its events: free, priced, or held
-- to the minimum or the maximum of one. Free events and free amounts count over the month.
with

counted as (

    select * from {{ ref('int_usage_counted') }} where aggregation = 'each'

),

charges as (

    select * from {{ ref('int_usage_charges_priced') }} where price_model = 'percentage'

),

price_tiers as (

    select * from {{ ref('stg_reference__price_tiers') }}

),

terms as (

    select * from {{ source('raw', 'reference_price_event_terms') }}

),

events as (

    select
        charges.usage_charge_id,
        concat_ws(
            '|',
            charges.contract_id,
            charges.contract_line_id,
            charges.price_id,
            charges.period_start_date
        ) as month_key,
        counted.position,
        cast(counted.value as decimal(28, 6)) as amount,
        cast(price_tiers.unit_price * 100 as decimal(18, 10)) as rate_percent,
        cast(coalesce(nullif(terms.fixed_amount, ''), '0') as decimal(20, 12))
            as fixed_amount_per_event,
        cast(nullif(terms.free_events, '') as bigint) as free_events,
        cast(nullif(terms.free_amount, '') as decimal(28, 6)) as free_amount,
        cast(nullif(terms.minimum_amount, '') as decimal(20, 12)) as minimum_per_event,
        cast(nullif(terms.maximum_amount, '') as decimal(20, 12)) as maximum_per_event
    from counted
    inner join charges on counted.usage_charge_id = charges.usage_charge_id
    inner join price_tiers
        on
            charges.price_id = price_tiers.price_id
            and charges.price_valid_from = price_tiers.valid_from
    left join terms
        on
            charges.price_id = terms.price_id
            and charges.price_valid_from = cast(terms.valid_from as date)

),

priced as (

    {{ percentage_events('events', 'month_key') }}

),

judged as (

    select
        priced.*,
        case
            when priced.amount_scaled is null then 'unknown'
            when priced.is_free then 'free'
            when priced.amount_scaled = {{ scaled_by_18('priced.minimum_per_event') }}
                then 'minimum'
            when priced.amount_scaled = {{ scaled_by_18('priced.maximum_per_event') }}
                then 'maximum'
            else 'priced'
        end as outcome
    from priced

),

final as (

    select
        usage_charge_id,
        outcome,
        count(*) as event_count,
        cast(sum(amount) as decimal(28, 6)) as quantity,
        cast(sum(amount - free_part) as decimal(28, 6)) as paid_quantity,
        min(fixed_amount_per_event) as fixed_amount,
        min(minimum_per_event) as minimum_amount,
        min(maximum_per_event) as maximum_amount,
        case when outcome <> 'unknown' then {{ exact_amount('sum(amount_scaled)') }} end as amount
    from judged
    group by usage_charge_id, outcome

)

select * from final
