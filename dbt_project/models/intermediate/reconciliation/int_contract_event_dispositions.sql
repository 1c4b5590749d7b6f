-- One row per contract event: the worst state of the revenue lines of the days it decides. A pause
-- books nothing: it moves days, and those are booked for the event that brought their terms.
-- Prepaid credit decides the lines of what was drawn from it and of what expired.
with

outcomes as (

    select * from {{ ref('int_contract_event_outcomes') }}

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }} where document_type is null

),

contract_holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

prepaid_credits as (

    select * from {{ ref('prepaid_credits') }}

),

prepaid_movements as (

    select * from {{ ref('prepaid_credit_movements') }} where revenue_minor <> 0

),

lines_by_period as (

    select
        contract_id,
        origin_period,
        min({{ disposition_rank('delivery_status', 'hold_code') }}) as disposition_rank
    from subledger_lines
    group by contract_id, origin_period

),

ranks as (

    select
        outcomes.event_key,
        min(lines_by_period.disposition_rank) as disposition_rank
    from outcomes
    inner join lines_by_period
        on
            outcomes.contract_id = lines_by_period.contract_id
            and {{ accounting_period('outcomes.decides_from') }} <= lines_by_period.origin_period
            and lines_by_period.origin_period
            <= {{ accounting_period(add_days('outcomes.decides_to', -1)) }}
    where outcomes.outcome = 'applied' and outcomes.event_effect in ('terms', 'end')
    group by outcomes.event_key
    union all
    select
        prepaid_credits.event_key,
        min({{ disposition_rank('subledger_lines.delivery_status', 'subledger_lines.hold_code') }})
            as disposition_rank
    from prepaid_movements
    inner join prepaid_credits
        on prepaid_movements.prepaid_credit_id = prepaid_credits.prepaid_credit_id
    inner join subledger_lines
        on
            prepaid_movements.contract_id = subledger_lines.contract_id
            and coalesce(
                prepaid_movements.usage_contract_line_id, prepaid_movements.contract_line_id
            ) = subledger_lines.contract_line_id
            and prepaid_movements.accounting_period = subledger_lines.origin_period
    group by prepaid_credits.event_key

),

disposed as (

    select
        outcomes.event_key,
        outcomes.contract_id,
        case
            when
                outcomes.event_effect in ('credit', 'free_credit')
                and outcomes.outcome not in ('applied', 'repeated')
                then '1:held:PREPAID_CREDIT_REFUSED'
            when outcomes.outcome = 'contract_unknown' then '1:held:CONTRACT_MISSING'
            when outcomes.outcome = 'pause_unknown' then '1:held:PAUSE_MISSING'
            when outcomes.outcome = 'unconfirmed'
                then '1:held:' || coalesce(contract_holds.hold_code, 'CONTRACT_NOT_CONFIRMED')
            when outcomes.outcome <> 'applied'
                then '9:no_financial_effect:' || upper(outcomes.outcome)
            when outcomes.decides_from > contracts.cutoff_date then '8:scheduled:NOT_YET_EFFECTIVE'
            when ranks.disposition_rank is not null then ranks.disposition_rank
            when contract_holds.hold_code is not null then '1:held:' || contract_holds.hold_code
            when
                outcomes.event_effect = 'end'
                or outcomes.decides_from > contracts.service_end_date
                then '9:no_financial_effect:NOTHING_LEFT_TO_END'
            when outcomes.event_effect = 'free_credit' then '9:no_financial_effect:FREE_CREDIT'
            when outcomes.event_effect = 'billing_pause'
                then '9:no_financial_effect:SERVICE_CONTINUES'
            when outcomes.event_effect = 'suspension' then '9:no_financial_effect:SCHEDULE_SHIFTED'
            when outcomes.decides_to > contracts.cutoff_date then '8:scheduled:NOTHING_EARNED_YET'
            else '9:no_financial_effect:NOTHING_EARNED'
        end as disposition_rank
    from outcomes
    left join contracts on outcomes.contract_id = contracts.contract_id
    left join contract_holds on outcomes.contract_id = contract_holds.subject_key
    left join ranks on outcomes.event_key = ranks.event_key

)

select * from disposed
