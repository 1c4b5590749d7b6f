-- One row per customer and meter: usage events accepted against usage events in charges. Subjects
-- that no customer answers for stand for themselves.
with

accepted as (

    select * from {{ ref('int_usage_by_customer') }}

),

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
            sum(usage_charges.quantity) filter (where usage_charges.charge_minor {{ condition }}),
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

compared as (

    select
        customer_key,
        meter_code,
        {%- for side in ['accepted', 'charged', 'unpriced', 'held', 'not_yet_due'] %}
        cast(coalesce({{ side }}_count, 0) as bigint) as {{ side }}_count,
        cast(coalesce({{ side }}_quantity, 0) as decimal(38, 6)) as {{ side }}_quantity
        {{- ',' if not loop.last }}
        {%- endfor %}
    from accepted
    full join charged using (customer_key, meter_code)
    full join held using (customer_key, meter_code)
    full join not_yet_due using (customer_key, meter_code)

),

final as (

    select
        concat_ws('|', customer_key, meter_code) as tie_out_key,
        customer_key,
        meter_code,
        'Accepted usage events' as left_name,
        'Charged usage events' as right_name,
        accepted_count as left_count,
        charged_count as right_count,
        accepted_quantity as left_quantity,
        charged_quantity as right_quantity,
        held_count + unpriced_count as held_count,
        not_yet_due_count,
        held_count + unpriced_count + not_yet_due_count as explained_count,
        held_quantity + unpriced_quantity + not_yet_due_quantity as explained_quantity,
        accepted_count - charged_count - held_count - unpriced_count - not_yet_due_count
            as difference_count,
        accepted_quantity
        - charged_quantity
        - held_quantity
        - unpriced_quantity
        - not_yet_due_quantity as difference_quantity
    from compared

),

worded as (

    select
        *,
        difference_count = 0 and difference_quantity = 0 as is_tied,
        'Usage of ' || customer_key || ', ' || meter_code || ': '
        || {{ count_text('left_count') }} || ' events accepted, '
        || {{ count_text('right_count') }} || ' charged.'
        {%- for column, words in [
            ('held_count', 'are held'),
            ('not_yet_due_count', 'came after the last complete day'),
            ('difference_count', 'are unexplained'),
        ] %}
        || case
            when {{ column }} <> 0 then ' ' || {{ count_text(column) }} || ' {{ words }}.'
            else ''
        end
        {%- endfor %} as sentence
    from final

)

select * from worded
