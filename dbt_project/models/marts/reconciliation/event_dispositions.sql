-- One row per accepted business event; for usage one row per source, subject, meter, usage day,
-- disposition and reason, with the number of events, and one per cancellation of usage: where each
-- event ended, exactly once.
with

events as (

    select * from {{ source('raw', 'events') }}

),

contract_events as (

    select * from {{ ref('int_contract_event_dispositions') }}

),

document_events as (

    select * from {{ ref('int_document_event_dispositions') }}

),

usage_events as (

    select * from {{ ref('int_usage_dispositions') }}

),

usage_corrections as (

    select * from {{ ref('usage_corrections') }} where correction = 'cancelled'

),

business as (

    select
        events.event_key as disposition_key,
        events.event_key,
        events.source,
        events.event_id,
        events.event_type,
        events.subject,
        cast(null as varchar) as meter_code,
        cast(null as date) as usage_day,
        events.correlation_id,
        coalesce(
            contract_events.disposition_rank,
            document_events.disposition_rank,
            case events.event_type
                when 'customer.updated' then '9:no_financial_effect:CUSTOMER_DATA'
                when 'payment.failed' then '9:no_financial_effect:PAYMENT_NOT_RECEIVED'
                when 'opportunity.won' then '9:no_financial_effect:OPPORTUNITY_WON'
                when 'quote.accepted' then '9:no_financial_effect:QUOTE_ACCEPTED'
                when 'support.credit_requested' then '9:no_financial_effect:CREDIT_REQUESTED'
                when 'tax.calculated' then '9:no_financial_effect:TAX_CALCULATED'
                when 'hold.placed' then '9:no_financial_effect:HOLD_PLACED'
                when 'hold.released' then '9:no_financial_effect:HOLD_RELEASED'
                when 'exception.accepted' then '9:no_financial_effect:EXCEPTION_ACCEPTED'
            end,
            '0:unexplained:UNEXPLAINED'
        ) as disposition_rank,
        cast(1 as bigint) as event_count
    from events
    left join contract_events on events.event_key = contract_events.event_key
    left join document_events on events.event_key = document_events.event_key

),

usage_groups as (

    select
        concat_ws('|', source, subject, meter_code, usage_day, disposition_rank)
            as disposition_key,
        cast(null as varchar) as event_key,
        source,
        cast(null as varchar) as event_id,
        'usage.recorded' as event_type,
        subject,
        meter_code,
        usage_day,
        cast(null as varchar) as correlation_id,
        disposition_rank,
        event_count
    from usage_events

),

cancellations as (

    select
        concat_ws('|', 'usage.cancelled', source, event_id) as disposition_key,
        cast(null as varchar) as event_key,
        source,
        event_id,
        'usage.cancelled' as event_type,
        cast(null as varchar) as subject,
        cast(null as varchar) as meter_code,
        cast(null as date) as usage_day,
        cast(null as varchar) as correlation_id,
        case
            when status = 'applied' then '9:no_financial_effect:USAGE_CANCELLATION'
            else '1:held:USAGE_CORRECTION_WAITS'
        end as disposition_rank,
        cast(1 as bigint) as event_count
    from usage_corrections

),

combined as (

    select * from business
    union all
    select * from cancellations
    union all
    select * from usage_groups

),

final as (

    select
        combined.disposition_key,
        combined.event_key,
        combined.source,
        combined.event_id,
        combined.event_type,
        combined.subject,
        combined.meter_code,
        combined.usage_day,
        combined.correlation_id,
        split_part(combined.disposition_rank, ':', 2) as disposition,
        split_part(combined.disposition_rank, ':', 3) as reason_code,
        combined.event_count
    from combined

)

select * from final
