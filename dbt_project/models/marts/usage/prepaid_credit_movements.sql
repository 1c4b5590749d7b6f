-- One row per prepaid credit and movement: granted, drawn by a usage charge, or expired. What was
-- paid becomes revenue as the credit is used, the rest when it expires; the part that is expected
-- never to be used is spread over the use. No more is revenue than credit memos left of the price.
with

credits as (

    select * from {{ ref('int_prepaid_credits') }}

),

drawn as (

    select
        prepaid_credit_id,
        usage_charge_id,
        max(usage_date) as movement_date,
        sum(drawn_minor) as drawn_minor
    from {{ ref('int_prepaid_credits_drawn') }}
    group by prepaid_credit_id, usage_charge_id

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

moved as (

    select
        credits.prepaid_credit_id,
        1 as rank,
        'granted' as movement_kind,
        credits.starts_on as movement_date,
        cast(null as varchar) as usage_charge_id,
        credits.credit_minor as amount_minor
    from credits
    union all
    select
        drawn.prepaid_credit_id,
        2 as rank,
        'drawn' as movement_kind,
        drawn.movement_date,
        drawn.usage_charge_id,
        -drawn.drawn_minor as amount_minor
    from drawn
    union all
    select
        credits.prepaid_credit_id,
        3 as rank,
        'expired' as movement_kind,
        credits.ends_on as movement_date,
        cast(null as varchar) as usage_charge_id,
        coalesce(sum(drawn.drawn_minor), 0) - credits.credit_minor as amount_minor
    from credits
    left join drawn on credits.prepaid_credit_id = drawn.prepaid_credit_id
    where credits.ends_on <= credits.cutoff_date
    group by credits.prepaid_credit_id, credits.ends_on, credits.credit_minor
    having coalesce(sum(drawn.drawn_minor), 0) < credits.credit_minor

),

balanced as (

    select
        *,
        sum(amount_minor) over (
            partition by prepaid_credit_id order by rank, movement_date, usage_charge_id
        ) as balance_minor
    from moved

),

earned as (

    select
        balanced.*,
        credits.credit_minor - balanced.balance_minor as used_through_minor,
        case balanced.rank
            when 3 then credits.kept_price_minor
            else least(
                {{ share_of(
                    'credits.price_minor', '(credits.credit_minor - balanced.balance_minor) * 100',
                    'credits.credit_minor * (100 - credits.breakage_percent)',
                ) }},
                credits.kept_price_minor
            )
        end as revenue_through_minor
    from balanced
    inner join credits on balanced.prepaid_credit_id = credits.prepaid_credit_id

),

final as (

    select
        concat_ws('|', earned.prepaid_credit_id, earned.movement_kind, earned.usage_charge_id)
            as movement_key,
        earned.prepaid_credit_id,
        credits.grant_id,
        credits.contract_id,
        credits.contract_line_id,
        credits.legal_entity_code,
        credits.currency,
        earned.movement_kind,
        earned.movement_date,
        {{ accounting_period('earned.movement_date') }} as accounting_period,
        earned.usage_charge_id,
        usage_charges.contract_version_id,
        usage_charges.contract_line_id as usage_contract_line_id,
        coalesce(usage_charges.product_code, credits.product_code) as product_code,
        cast(earned.amount_minor as bigint) as amount_minor,
        cast(earned.balance_minor as bigint) as balance_minor,
        cast(earned.used_through_minor as bigint) as used_through_minor,
        credits.credit_minor,
        credits.price_minor,
        credits.kept_price_minor,
        cast(credits.breakage_percent as integer) as breakage_percent,
        cast(earned.revenue_through_minor as bigint) as revenue_through_minor,
        cast(earned.revenue_through_minor - coalesce(lag(earned.revenue_through_minor) over (
            partition by earned.prepaid_credit_id
            order by earned.rank, earned.movement_date, earned.usage_charge_id
        ), 0) as bigint) as revenue_minor
    from earned
    inner join credits on earned.prepaid_credit_id = credits.prepaid_credit_id
    left join usage_charges on earned.usage_charge_id = usage_charges.usage_charge_id

)

select * from final
