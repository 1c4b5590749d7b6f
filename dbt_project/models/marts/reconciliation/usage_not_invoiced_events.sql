-- One row per accepted usage event that is part of a row of usage_not_invoiced.
-- A view: it answers for single events, and no row per usage event is ever stored.
{{ config(materialized='view') }}
with

usage_not_invoiced as (

    select * from {{ ref('usage_not_invoiced') }}

),

usage_event_charges as (

    select * from {{ ref('usage_event_charges') }} where correction is null

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

grouped as (

    select
        usage_event_charges.*,
        case
            when usage_charges.usage_charge_id is not null
                then concat_ws(
                    '|',
                    usage_charges.contract_id,
                    usage_charges.contract_line_id,
                    usage_charges.accounting_period,
                    usage_charges.currency
                )
            else concat_ws(
                '|',
                held_usage.source,
                held_usage.subject,
                held_usage.meter_code,
                held_usage.hold_code
            )
        end as usage_group_key
    from usage_event_charges
    left join usage_charges
        on
            usage_event_charges.usage_charge_id = usage_charges.usage_charge_id
            and usage_charges.charge_minor is distinct from 0
    left join held_usage
        on
            usage_event_charges.contract_line_id is null
            and usage_event_charges.source = held_usage.source
            and usage_event_charges.subject = held_usage.subject
            and usage_event_charges.meter_code = held_usage.meter_code
            and usage_event_charges.usage_day = held_usage.usage_day

),

final as (

    select
        grouped.source,
        grouped.event_id,
        grouped.subject,
        grouped.meter_code,
        grouped.occurred_at,
        grouped.quantity,
        grouped.landed_path,
        grouped.landed_line,
        usage_not_invoiced.usage_group_key,
        usage_not_invoiced.contract_id,
        usage_not_invoiced.reason
    from grouped
    inner join usage_not_invoiced
        on grouped.usage_group_key = usage_not_invoiced.usage_group_key

)

select * from final
