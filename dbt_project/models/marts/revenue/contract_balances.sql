-- One row per contract, currency and accounting period: what was billed, credited and recognised up
-- to its end, and the balances that are left.
with

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

movements as (

    select * from {{ ref('int_contract_balance_movements') }}

),

firsts as (

    select
        movements.contract_id,
        movements.currency,
        min(movements.accounting_period) as first_period,
        max(movements.accounting_period) as last_period
    from movements
    inner join contracts on movements.contract_id = contracts.contract_id
    group by movements.contract_id, movements.currency

),

periods as (

    select
        firsts.contract_id,
        firsts.currency,
        {{ month_spine(
            "cast(firsts.first_period || '-01' as date)",
            "greatest(cast(firsts.last_period || '-01' as date), contracts.cutoff_date)",
        ) }} as period_start_date
    from firsts
    inner join contracts on firsts.contract_id = contracts.contract_id

),

totals as (

    select
        contract_id,
        currency,
        accounting_period,
        measure,
        sum(amount_minor) as amount_minor
    from movements
    group by contract_id, currency, accounting_period, measure

),

balances as (

    select
        periods.contract_id,
        periods.currency,
        {{ accounting_period('periods.period_start_date') }} as accounting_period,
        {%- for measure, column, sign in [
            ('billed', 'billed_minor', ''),
            ('credited', 'credited_minor', ''),
            ('written_off', 'written_off_minor', ''),
            ('recognized', 'recognized_minor', ''),
            ('deferred_revenue', 'deferred_revenue_minor', '-'),
            ('unbilled_receivable', 'unbilled_receivable_minor', ''),
            ('accounts_receivable', 'receivable_minor', ''),
            ('customer_credit', 'customer_credit_minor', '-'),
        ] %}
        cast({{ sign }}coalesce(sum(totals.amount_minor) filter (
            where totals.measure = '{{ measure }}'
            ), 0) as bigint) as {{ column }}{{ "," if not loop.last }}
    {%- endfor %}
    from periods
    left join totals
        on
            periods.contract_id = totals.contract_id
            and periods.currency = totals.currency
            and totals.accounting_period
            <= {{ accounting_period('periods.period_start_date') }}
    group by periods.contract_id, periods.currency, periods.period_start_date

),

described as (

    select
        balances.contract_id,
        balances.currency,
        balances.accounting_period,
        contracts.customer_id,
        contracts.legal_entity_code,
        cast(contracts.transaction_exponent as integer) as transaction_exponent,
        balances.billed_minor,
        balances.credited_minor,
        balances.written_off_minor,
        balances.recognized_minor,
        balances.deferred_revenue_minor,
        balances.unbilled_receivable_minor,
        balances.receivable_minor,
        balances.customer_credit_minor,
        (balances.recognized_minor + balances.deferred_revenue_minor)
        - balances.unbilled_receivable_minor
        - (balances.billed_minor - balances.credited_minor - balances.written_off_minor)
            as equation_difference_minor
    from balances
    inner join contracts on balances.contract_id = contracts.contract_id

)

select * from described
