-- One row per place where money may be lost: usage that is overdue for its invoice or that nobody
-- can price or place, credits that are not posted, documents and revenue that are held.
with

usage_not_invoiced as (

    select * from {{ ref('usage_not_invoiced') }}

),

three_way_status as (

    select *
    from {{ ref('three_way_status') }}
    where document_type <> 'payment' and cause is not null

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}
    where account_role = 'revenue' and delivery_status = 'held'

),

currencies as (

    select * from {{ ref('currencies') }}

),

leaks as (

    select
        case
            when contract_id is null then 'usage_without_contract'
            when reason = 'PRICE_MISSING' then 'usage_without_price'
            else 'usage_not_invoiced'
        end as leakage_type,
        usage_group_key as subject_key,
        contract_id,
        legal_entity_code,
        currency,
        reason,
        event_count,
        open_minor as amount_minor
    from usage_not_invoiced
    where reason not in ('PERIOD_NOT_OVER', 'AWAITING_INVOICE', 'WITHIN_TOLERANCE')
    union all
    select
        case when billing_minor < 0 then 'credit_not_posted' else 'document_held' end
            as leakage_type,
        document_ref as subject_key,
        contract_ids as contract_id,
        legal_entity_code,
        currency,
        cause as reason,
        cast(null as bigint) as event_count,
        billing_minor - erp_minor as amount_minor
    from three_way_status
    where status = 'break' or billing_minor < 0
    union all
    select
        'revenue_held' as leakage_type,
        concat_ws('|', contract_id, document_id, transaction_currency) as subject_key,
        contract_id,
        min(legal_entity_code) as legal_entity_code,
        transaction_currency as currency,
        min(hold_code) as reason,
        cast(null as bigint) as event_count,
        case when bool_and(is_known) then cast(-sum(unsealed_minor) as bigint) end
            as amount_minor
    from subledger_lines
    group by contract_id, document_id, transaction_currency

),

final as (

    select
        leaks.leakage_type || '|' || leaks.subject_key as leakage_key,
        leaks.*,
        {{ to_amount('leaks.amount_minor', 'currencies.minor_unit_exponent') }} as amount
    from leaks
    left join currencies on leaks.currency = currencies.currency

)

select * from final
