-- One row per performance obligation and recognition step: a run of days inside one month, on one
-- side of every invoice and credit of its track and at one exchange rate. Amounts are cumulatively
-- rounded; amount_fine counts 10,000ths of the minor unit: what is rounded is not converted.
with

boundaries as (

    select * from {{ ref('int_obligation_boundaries') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

served as (

    -- The service clock: days since the obligation began on which service was given.
    select
        boundaries.*,
        {{ served_days('boundaries.start_date', 'boundaries.boundary_date', 'at_boundary') }}
            as served_days
    from boundaries
    {{ suspensions_at('at_boundary', 'boundaries.contract_id', 'boundaries.boundary_date') }}
    {{ suspensions_at('at_start', 'boundaries.contract_id', 'boundaries.start_date') }}

),

steps as (

    select
        *,
        boundary_date as step_start_date,
        lead(boundary_date) over obligation as step_stop_date,
        lead(served_days) over obligation as served_days_after
    from served
    window obligation as (partition by performance_obligation_id order by boundary_date)

),

amounts as (

    select
        performance_obligation_id,
        step_start_date,
        {{ add_days('step_stop_date', -1) }} as step_end_date,
        served_days_after,
        {{ share_between(
            'allocated_price_minor', 'served_days', 'served_days_after', 'total_days'
        ) }} as amount_minor,
        {{ share_between_wide(
            wide('allocated_price_minor') ~ ' * 10000',
            'served_days',
            'served_days_after',
            'total_days',
        ) }} as amount_fine
    from steps
    where step_stop_date is not null

)

select * from amounts
