-- One row per prepaid credit: what was granted, used, has expired and is left, what was paid for
-- it, and what of that is revenue or still deferred.
with

credits as (

    select * from {{ ref('int_prepaid_credits') }}

),

movements as (

    select * from {{ ref('prepaid_credit_movements') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

moved as (

    select
        prepaid_credit_id,
        {%- for kind in ['drawn', 'expired'] %}
            coalesce(-sum(amount_minor) filter (where movement_kind = '{{ kind }}'), 0)
                as {{ kind }}_minor,
            coalesce(sum(revenue_minor) filter (where movement_kind = '{{ kind }}'), 0)
                as {{ kind }}_revenue_minor,
        {%- endfor %}
        max(case when movement_kind = 'drawn' then movement_date end) as last_drawn_date
    from movements
    group by prepaid_credit_id

),

summed as (

    select
        credits.*,
        moved.last_drawn_date,
        cast(moved.drawn_minor as bigint) as drawn_minor,
        cast(moved.expired_minor as bigint) as expired_minor,
        cast(credits.credit_minor - moved.drawn_minor - moved.expired_minor as bigint)
            as left_minor,
        cast(moved.drawn_revenue_minor as bigint) as drawn_revenue_minor,
        cast(moved.expired_revenue_minor as bigint) as breakage_revenue_minor,
        cast(
            credits.kept_price_minor - moved.drawn_revenue_minor - moved.expired_revenue_minor
            as bigint
        ) as unearned_minor
    from credits
    inner join moved on credits.prepaid_credit_id = moved.prepaid_credit_id

),

final as (

    select
        summed.prepaid_credit_id,
        summed.grant_id,
        summed.credit_number,
        summed.event_key,
        summed.contract_id,
        summed.contract_line_id,
        summed.product_code,
        summed.legal_entity_code,
        summed.currency,
        summed.priority,
        summed.starts_on,
        summed.ends_on,
        case
            when summed.left_minor > 0 then 'active'
            when summed.expired_minor > 0 then 'expired'
            else 'used_up'
        end as status,
        summed.credit_minor as granted_minor,
        summed.drawn_minor,
        summed.expired_minor,
        summed.left_minor,
        {{ to_amount('summed.left_minor', 'currencies.minor_unit_exponent') }} as left_amount,
        summed.last_drawn_date,
        summed.price_minor,
        summed.kept_price_minor,
        summed.drawn_revenue_minor,
        summed.breakage_revenue_minor,
        summed.unearned_minor
    from summed
    left join currencies on summed.currency = currencies.currency

)

select * from final
