-- One row per meter: the events it takes and what it makes of them, typed.
-- A meter that is not declared takes the events of its name and adds up their quantities.
with

meters as (

    select * from {{ source('raw', 'reference_meters') }}

),

meter_conditions as (

    select * from {{ source('raw', 'reference_meter_conditions') }}

),

accepted_values as (

    select
        meter_code,
        property,
        {{ ordered_list('value') }} as accepted
    from meter_conditions
    group by meter_code, property

),

conditions as (

    select
        meter_code,
        {{ conditions_of('property', 'accepted') }} as conditions,
        count(*) as condition_count
    from accepted_values
    group by meter_code

),

typed as (

    select
        meters.meter_code,
        coalesce(nullif(meters.event_meter_code, ''), meters.meter_code) as event_meter_code,
        meters.aggregation,
        coalesce(nullif(meters.measured_by, ''), 'month') as measured_by,
        coalesce(meters.carried_units in ('whole', 'prorated'), false) as is_recurring,
        coalesce(meters.carried_units = 'prorated', false) as prorates_carried_units,
        nullif(meters.unique_property, '') as unique_property,
        nullif(meters.operation_property, '') as operation_property,
        nullif(meters.group_property, '') as group_property,
        conditions.conditions,
        coalesce(conditions.condition_count, 0) as condition_count,
        meters.snapshot_hash,
        meters.row_number
    from meters
    left join conditions on meters.meter_code = conditions.meter_code

),

final as (

    select
        typed.*,
        typed.aggregation = 'each' or (typed.aggregation = 'sum' and not typed.is_recurring)
            as adds_up
    from typed

)

select * from final
