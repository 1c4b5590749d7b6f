-- One row per customer and meter: usage events accepted against usage events in charges. Subjects
-- that no customer answers for stand for themselves.
with

accepted as (

    select * from {{ ref('int_usage_by_customer') }}

),

outcomes as (

    select * from {{ ref('int_usage_outcomes') }}

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
    full join outcomes using (customer_key, meter_code)

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
