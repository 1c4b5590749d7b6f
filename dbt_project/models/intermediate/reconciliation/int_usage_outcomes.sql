-- One row per customer and meter: usage events that went into charges, that have no price, that
-- are held, and that came after the last complete day.
with

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

charged as (

    select
        contracts.customer_id as customer_key,
        usage_charges.meter_code,
    {%- for name, condition in [('charged', 'is not null'), ('unpriced', 'is null')] %}
        coalesce(
            sum(usage_charges.event_count)
            filter (where usage_charges.charge_minor {{ condition }}),
            0
        ) as {{ name }}_count,
        coalesce(
            sum(usage_charges.landed_quantity)
            filter (where usage_charges.charge_minor {{ condition }}),
            0
        ) as {{ name }}_quantity
        {{- ',' if not loop.last }}
    {%- endfor %}
    from usage_charges
    inner join contracts on usage_charges.contract_id = contracts.contract_id
    group by contracts.customer_id, usage_charges.meter_code

),

not_yet_due as (

    select
        contracts.customer_id as customer_key,
        daily_usage.meter_code,
        sum(daily_usage.event_count) as not_yet_due_count,
        sum(daily_usage.quantity) as not_yet_due_quantity
    from daily_usage
    inner join contracts on daily_usage.contract_id = contracts.contract_id
    where daily_usage.usage_date > contracts.cutoff_date
    group by contracts.customer_id, daily_usage.meter_code

),

held as (

    select
        coalesce(customer_id, source || ':' || subject) as customer_key,
        meter_code,
        sum(event_count) as held_count,
        sum(quantity) as held_quantity
    from held_usage
    group by coalesce(customer_id, source || ':' || subject), meter_code

),

combined as (

    select
        customer_key,
        meter_code,
    {%- for outcome in ['charged', 'unpriced', 'held', 'not_yet_due'] %}
        coalesce({{ outcome }}_count, 0) as {{ outcome }}_count,
        coalesce({{ outcome }}_quantity, 0) as {{ outcome }}_quantity
        {{- ',' if not loop.last }}
    {%- endfor %}
    from charged
    full join held using (customer_key, meter_code)
    full join not_yet_due using (customer_key, meter_code)

)

select * from combined
