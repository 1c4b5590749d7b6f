-- One row per performance obligation and day on which a recognition step begins or the last one
-- ends: months, invoices and credits of its track, changes of the exchange rate, suspensions.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

track_days as (

    select
        track_key,
        invoice_date as boundary_date
    from {{ ref('int_invoice_lines_valued') }}
    union
    select
        track_key,
        credit_date as boundary_date
    from {{ ref('int_credit_lines_valued') }}

),

suspension_days as (

    {% for day in ['suspended_from', 'suspended_to'] %}
        select
            contract_id,
            {{ day }} as boundary_date
        from {{ ref('int_contract_suspensions') }}
        {{ "union" if not loop.last }}
    {% endfor %}

),

rates as (

    select * from {{ ref('int_fx_rates') }}

),

spans as (

    select
        obligations.performance_obligation_id,
        obligations.contract_id,
        obligations.allocated_price_minor,
        obligations.total_days,
        obligations.start_date,
        {{ add_days('least(obligations.last_service_date, contracts.cutoff_date)', 1) }}
            as stop_date,
        contracts.track_key,
        contracts.currency,
        contracts.functional_currency
    from obligations
    inner join contracts on obligations.contract_id = contracts.contract_id
    where least(obligations.last_service_date, contracts.cutoff_date) >= obligations.start_date

),

boundaries as (

    select
        performance_obligation_id,
        start_date as boundary_date
    from spans
    union
    select
        performance_obligation_id,
        stop_date as boundary_date
    from spans
    union
    select
        performance_obligation_id,
        {{ month_spine('start_date', 'stop_date') }} as boundary_date
    from spans
    union
    select
        spans.performance_obligation_id,
        track_days.boundary_date
    from spans
    inner join track_days on spans.track_key = track_days.track_key
    union
    select
        spans.performance_obligation_id,
        suspension_days.boundary_date
    from spans
    inner join suspension_days on spans.contract_id = suspension_days.contract_id
    union
    select
        spans.performance_obligation_id,
        rates.valid_from as boundary_date
    from spans
    inner join rates
        on
            spans.currency = rates.from_currency
            and spans.functional_currency = rates.to_currency

),

inside as (

    select
        spans.performance_obligation_id,
        spans.contract_id,
        spans.allocated_price_minor,
        spans.total_days,
        spans.start_date,
        boundaries.boundary_date
    from spans
    inner join boundaries
        on
            spans.performance_obligation_id = boundaries.performance_obligation_id
            and boundaries.boundary_date between spans.start_date and spans.stop_date

)

select * from inside
