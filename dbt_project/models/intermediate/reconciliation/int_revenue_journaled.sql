-- One row per contract, currency, origin period and entry type: revenue that journals carry, what
-- is ready to be sealed and what is held, null when an amount in it is not known. Credits count
-- positive.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}
    where account_role = 'revenue' and entry_type in ('recognition', 'usage_accrual')

),

journaled as (

    select
        contract_id,
        transaction_currency as currency,
        origin_period as accounting_period,
        entry_type,
        count(*) as line_count,
        min(legal_entity_code) as legal_entity_code,
        min(hold_code) as hold_code,
        cast(-sum(sealed_minor) as bigint) as sealed_minor,
        cast(-sum(posted_minor) as bigint) as posted_minor,
        cast(
            coalesce(-sum(unsealed_minor) filter (where delivery_status = 'awaiting_sealing'), 0)
            as bigint
        ) as awaiting_sealing_minor,
        case
            when bool_and(is_known)
                then cast(
                    coalesce(-sum(unsealed_minor) filter (where delivery_status = 'held'), 0)
                    as bigint
                )
        end as held_minor
    from subledger_lines
    group by contract_id, transaction_currency, origin_period, entry_type

)

select * from journaled
