-- One row per legal entity, currency and month: monthly recurring revenue of the customers of a
-- year before, then and now.
with

recurring as (

    select * from {{ ref('int_recurring_contracts') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

customers as (

    select
        contracts.legal_entity_code,
        contracts.currency,
        cast(recurring.accounting_period || '-01' as date) as month_start_date,
        coalesce(contracts.customer_id, recurring.contract_id) as customer_key,
        sum(recurring.closing_mrr_minor) as mrr_minor
    from recurring
    inner join contracts on recurring.contract_id = contracts.contract_id
    group by
        contracts.legal_entity_code,
        contracts.currency,
        recurring.accounting_period,
        coalesce(contracts.customer_id, recurring.contract_id)

),

cohorts as (

    select
        earlier.legal_entity_code,
        earlier.currency,
        {{ accounting_period('customers.month_start_date') }} as accounting_period,
        cast(sum(earlier.mrr_minor) as bigint) as year_ago_mrr_minor,
        cast(sum(customers.mrr_minor) as bigint) as kept_mrr_minor,
        cast(sum(least(earlier.mrr_minor, customers.mrr_minor)) as bigint)
            as kept_without_growth_minor
    from customers as earlier
    inner join customers
        on
            earlier.legal_entity_code is not distinct from customers.legal_entity_code
            and earlier.currency = customers.currency
            and earlier.customer_key = customers.customer_key
            and {{ add_months('earlier.month_start_date', 12) }} = customers.month_start_date
    where earlier.mrr_minor > 0
    group by earlier.legal_entity_code, earlier.currency, customers.month_start_date

)

select * from cohorts
