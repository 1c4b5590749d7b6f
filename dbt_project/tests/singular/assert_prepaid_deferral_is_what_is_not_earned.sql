-- Prepaid credit that is invoiced for what was kept of its price: what is deferred of its product
-- is what is not earned of it. Of credit whose only invoice line still covers its price after the
-- memos, all of the price is kept; else at least what they left of the line.
{{ config(meta={'dagster': {'ref': {'name': 'prepaid_credits'}}}) }}
with

credits as (

    select
        contract_id,
        product_code,
        currency,
        sum(price_minor) as price_minor,
        sum(kept_price_minor) as kept_price_minor,
        sum(unearned_minor) as unearned_minor
    from {{ ref('prepaid_credits') }}
    group by contract_id, product_code, currency

),

billed as (

    select
        contract_id,
        product_code,
        currency,
        count(*) as line_count,
        sum(layer_minor) as layer_minor
    from {{ ref('int_billing_layers') }}
    where line_kind = 'prepaid'
    group by contract_id, product_code, currency

),

deferred as (

    select
        contract_id,
        product_code,
        transaction_currency as currency,
        -sum(amount_minor) as deferred_minor
    from {{ ref('int_subledger_entries_unioned') }}
    where account_role = 'deferred_revenue'
    group by contract_id, product_code, transaction_currency

)

select
    credits.contract_id,
    credits.product_code,
    credits.kept_price_minor,
    billed.layer_minor,
    credits.unearned_minor,
    deferred.deferred_minor
from credits
inner join billed
    on
        credits.contract_id = billed.contract_id
        and credits.product_code = billed.product_code
        and credits.currency = billed.currency
left join deferred
    on
        credits.contract_id = deferred.contract_id
        and credits.product_code = deferred.product_code
        and credits.currency = deferred.currency
where
    (
        credits.kept_price_minor = billed.layer_minor
        and credits.unearned_minor <> coalesce(deferred.deferred_minor, 0)
    )
    or (
        billed.line_count = 1
        and credits.kept_price_minor < least(credits.price_minor, billed.layer_minor)
    )
