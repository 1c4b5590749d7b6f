-- One row per contract with fixed obligations or prepaid credit: what is left to be earned, by when
-- it will be, and how much of what was billed ahead is current.
{%- set points = {'earned': 0, 'twelve': 12, 'twenty_four': 24} %}
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

contract_balances as (

    select * from {{ ref('contract_balances') }}

),

prepaid_credits as (

    select
        contract_id,
        sum(kept_price_minor - unearned_minor) as earned_minor,
        sum(unearned_minor) as unearned_minor
    from {{ ref('prepaid_credits') }}
    group by contract_id

),

prepaid as (

    -- Prepaid credit may be used any day: what is deferred of it is current.
    select
        layers.contract_id,
        layers.currency,
        greatest(sum(layers.layer_minor) - max(prepaid_credits.earned_minor), 0) as deferred_minor
    from {{ ref('int_billing_layers') }} as layers
    inner join prepaid_credits on layers.contract_id = prepaid_credits.contract_id
    where layers.line_kind = 'prepaid'
    group by layers.contract_id, layers.currency

),

reached as (

    -- Days of service of an obligation that are over at each point; none after its service ended.
    select
        obligations.*,
        contracts.cutoff_date,
        {%- for name, months in points.items() %}
            {%- set point = add_months(add_days('contracts.cutoff_date', 1), months) %}
            least(
                greatest(
                    {{ served_days('obligations.start_date', point, 'at_' ~ name) }}, 0
                ),
                greatest(obligations.served_days, 0)
            ) as {{ name }}_days,
        {%- endfor %}
        greatest(obligations.served_days, 0) as service_days
    from obligations
    inner join contracts on obligations.contract_id = contracts.contract_id
    {{ suspensions_at('at_start', 'obligations.contract_id', 'obligations.start_date') }}
    {%- for name, months in points.items() %}
        {%- set point = add_months(add_days('contracts.cutoff_date', 1), months) %}
        {{ suspensions_at('at_' ~ name, 'obligations.contract_id', point) }}
    {%- endfor %}

),

remaining as (

    select
        contract_id,
        max(total_days) <= 366 as is_within_one_year,
        {%- for name, from_days, to_days in [
            ('within_12_months', 'earned_days', 'twelve_days'),
            ('within_24_months', 'twelve_days', 'twenty_four_days'),
            ('beyond_24_months', 'twenty_four_days', 'service_days'),
        ] %}
        cast(sum(
            {{ share_between('allocated_price_minor', from_days, to_days, 'total_days') }}
            ) as bigint) as {{ name }}_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from reached
    group by contract_id

),

described as (

    select
        contracts.*,
        remaining.is_within_one_year,
        coalesce(remaining.within_12_months_minor, 0) as within_12_months_minor,
        coalesce(remaining.within_24_months_minor, 0) as within_24_months_minor,
        coalesce(remaining.beyond_24_months_minor, 0) as beyond_24_months_minor,
        coalesce(prepaid_credits.unearned_minor, 0) as prepaid_credit_minor,
        coalesce(contract_balances.deferred_revenue_minor, 0) as deferred_revenue_minor,
        coalesce(contract_balances.deferred_revenue_minor, 0) - coalesce(prepaid.deferred_minor, 0)
        - coalesce(remaining.within_12_months_minor, 0) as deferred_for_later_minor
    from contracts
    left join remaining on contracts.contract_id = remaining.contract_id
    left join prepaid_credits on contracts.contract_id = prepaid_credits.contract_id
    left join contract_balances
        on
            contracts.contract_id = contract_balances.contract_id
            and contracts.currency = contract_balances.currency
            and {{ accounting_period('cutoff_date') }} = contract_balances.accounting_period
    left join prepaid
        on contracts.contract_id = prepaid.contract_id and contracts.currency = prepaid.currency
    where remaining.contract_id is not null or prepaid_credits.contract_id is not null

),

split as (

    select
        described.*,
        described.within_12_months_minor + described.within_24_months_minor
        + described.beyond_24_months_minor as remaining_obligation_minor,
        least(
            described.within_24_months_minor + described.beyond_24_months_minor,
            greatest(described.deferred_for_later_minor, 0)
        ) as non_current_minor
    from described

),

final as (

    select
        contract_id,
        customer_id,
        legal_entity_code,
        currency,
        correlation_id,
        cutoff_date,
        is_within_one_year,
        remaining_obligation_minor,
        {{ to_amount('remaining_obligation_minor', 'transaction_exponent') }}
            as remaining_obligation_amount,
        within_12_months_minor,
        within_24_months_minor,
        beyond_24_months_minor,
        cast(prepaid_credit_minor as bigint) as prepaid_credit_minor,
        cast(deferred_revenue_minor as bigint) as deferred_revenue_minor,
        cast(deferred_revenue_minor - non_current_minor as bigint) as current_deferred_minor,
        cast(non_current_minor as bigint) as non_current_deferred_minor
    from split

)

select * from final
