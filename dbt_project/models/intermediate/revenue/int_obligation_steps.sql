-- One row per performance obligation and recognition step: a run of days inside one month, on one
-- side of every invoice and credit of its track and at one exchange rate. Amounts are cumulatively
-- rounded; amount_fine counts 10,000ths of the minor unit: what is rounded is not converted.
with

boundaries as (

    select * from {{ ref('int_obligation_boundaries') }}

),

steps as (

    select
        *,
        boundary_date as step_start_date,
        lead(boundary_date) over (
            partition by performance_obligation_id order by boundary_date
        ) as step_stop_date
    from boundaries

),

amounts as (

    select
        performance_obligation_id,
        step_start_date,
        {{ add_days('step_stop_date', -1) }} as step_end_date,
        {{ share_between(
            'allocated_price_minor',
            days_between('start_date', 'step_start_date'),
            days_between('start_date', 'step_stop_date'),
            'total_days',
        ) }} as amount_minor,
        {{ share_between_wide(
            wide('allocated_price_minor') ~ ' * 10000',
            days_between('start_date', 'step_start_date'),
            days_between('start_date', 'step_stop_date'),
            'total_days',
        ) }} as amount_fine
    from steps
    where step_stop_date is not null

)

select * from amounts
