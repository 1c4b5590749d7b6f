-- One row per legal entity, currency and month: recurring revenue from opening to closing, and what
-- of it customers kept.
with

recurring as (

    select * from {{ ref('int_recurring_contracts') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

movements as (

    select * from {{ ref('revenue_movements') }}

),

cohorts as (

    select * from {{ ref('int_recurring_cohorts') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

summed as (

    select
        contracts.legal_entity_code,
        contracts.currency,
        recurring.accounting_period,
        {%- for name in ['opening_mrr'] + recurring_movements() + ['closing_mrr'] %}
            cast(sum({{ name }}_minor) as bigint) as {{ name }}_minor,
        {%- endfor %}
        cast(sum(least(price_minor, 0)) as bigint) as price_cut_minor,
        count(*) filter (where closing_mrr_minor > 0) as contract_count
    from recurring
    inner join contracts on recurring.contract_id = contracts.contract_id
    group by contracts.legal_entity_code, contracts.currency, recurring.accounting_period

),

causes as (

    select
        legal_entity_code,
        currency,
        accounting_period,
        {{ comma_list('amendment_ids') }} as amendment_ids
    from movements
    group by legal_entity_code, currency, accounting_period

),

final as (

    select
        concat_ws('|', summed.legal_entity_code, summed.currency, summed.accounting_period)
            as revenue_metric_key,
        summed.legal_entity_code,
        summed.currency,
        summed.accounting_period,
        summed.opening_mrr_minor,
        {%- for name in recurring_movements() %}
            summed.{{ name }}_minor,
        {%- endfor %}
        summed.closing_mrr_minor,
        {{ to_amount('summed.closing_mrr_minor', 'currencies.minor_unit_exponent') }}
            as closing_mrr_amount,
        12 * summed.closing_mrr_minor as arr_minor,
        {{ to_amount('12 * summed.closing_mrr_minor', 'currencies.minor_unit_exponent') }}
            as arr_amount,
        summed.contract_count,
        {{ rate_of(
            'summed.closing_mrr_minor - summed.new_minor - summed.reactivation_minor',
            'summed.opening_mrr_minor',
        ) }} as net_retention_rate,
        {{ rate_of(
            'summed.opening_mrr_minor + summed.contraction_minor + summed.churn_minor'
            ~ ' + summed.price_cut_minor',
            'summed.opening_mrr_minor',
        ) }} as gross_retention_rate,
        cohorts.year_ago_mrr_minor,
        {{ rate_of('cohorts.kept_mrr_minor', 'cohorts.year_ago_mrr_minor') }}
            as annual_net_retention_rate,
        {{ rate_of('cohorts.kept_without_growth_minor', 'cohorts.year_ago_mrr_minor') }}
            as annual_gross_retention_rate,
        causes.amendment_ids
    from summed
    left join cohorts
        on
            summed.legal_entity_code is not distinct from cohorts.legal_entity_code
            and summed.currency = cohorts.currency
            and summed.accounting_period = cohorts.accounting_period
    left join causes
        on
            summed.legal_entity_code is not distinct from causes.legal_entity_code
            and summed.currency = causes.currency
            and summed.accounting_period = causes.accounting_period
    left join currencies on summed.currency = currencies.currency

)

select * from final
