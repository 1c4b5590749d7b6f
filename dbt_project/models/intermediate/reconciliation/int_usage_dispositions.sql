-- One row per source, subject, meter, usage day, disposition and reason: where usage events ended.
with

usage_by_charge as (

    select * from {{ ref('int_usage_by_charge') }}

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

),

usage_charges as (

    select * from {{ ref('int_usage_charges_payable') }}

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }} where entry_type = 'usage_accrual'

),

contract_holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

ranks as (

    select
        contract_id,
        contract_line_id,
        origin_period,
        min({{ disposition_rank('delivery_status', 'hold_code') }}) as disposition_rank
    from subledger_lines
    group by contract_id, contract_line_id, origin_period

),

matched as (

    select
        usage_by_charge.source,
        usage_by_charge.subject,
        usage_by_charge.meter_code,
        usage_by_charge.usage_day,
        usage_by_charge.event_count,
        case
            when not usage_by_charge.is_due then '8:scheduled:USAGE_AFTER_CUT_OFF'
            when usage_charges.charge_minor is null
                then '1:held:' || coalesce(contract_holds.hold_code, 'PRICE_MISSING')
            when ranks.disposition_rank is not null then ranks.disposition_rank
            when contract_holds.hold_code is not null then '1:held:' || contract_holds.hold_code
            when usage_charges.billable_quantity = 0
                then '9:no_financial_effect:WITHIN_INCLUDED_QUANTITY'
            when usage_charges.charge_minor = 0 then '9:no_financial_effect:ZERO_CHARGE'
            when usage_charges.payable_minor = 0 and usage_charges.drawn_revenue_minor = 0
                then '9:no_financial_effect:PAID_BY_FREE_CREDIT'
            else '0:unexplained:UNEXPLAINED'
        end as disposition_rank
    from usage_by_charge
    left join usage_charges
        on usage_by_charge.usage_charge_id = usage_charges.usage_charge_id
    left join ranks
        on
            usage_charges.contract_id = ranks.contract_id
            and usage_charges.contract_line_id = ranks.contract_line_id
            and usage_charges.accounting_period = ranks.origin_period
    left join contract_holds on usage_by_charge.contract_id = contract_holds.subject_key

),

disposed as (

    select * from matched
    union all
    select
        source,
        subject,
        meter_code,
        usage_day,
        event_count,
        '1:held:' || hold_code as disposition_rank
    from held_usage
    union all
    select
        source,
        subject,
        meter_code,
        usage_day,
        1 as event_count,
        '9:no_financial_effect:'
        || case when is_cancellation then 'USAGE_CANCELLED' else 'USAGE_SUPERSEDED' end
            as disposition_rank
    from corrected_usage

),

grouped as (

    select
        source,
        subject,
        meter_code,
        usage_day,
        disposition_rank,
        cast(sum(event_count) as bigint) as event_count
    from disposed
    group by source, subject, meter_code, usage_day, disposition_rank

)

select * from grouped
