-- One row per charge line and period, or per held customer and meter, whose usage is not invoiced
-- or not in full, and the reason. usage_not_invoiced_events has its events one by one.
with

tied_out as (

    select * from {{ ref('tie_out_charges_to_invoices') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

charged as (

    -- Use within the included quantity costs nothing and needs no invoice.
    select
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        min(meter_code) as meter_code,
        bool_and(charge_minor is not null) as is_priced,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(quantity) as decimal(28, 6)) as quantity
    from usage_charges
    where charge_minor is distinct from 0
    group by contract_id, contract_line_id, accounting_period, currency

),

unbilled as (

    select
        tied_out.tie_out_key as usage_group_key,
        tied_out.contract_id,
        tied_out.contract_line_id,
        tied_out.legal_entity_code,
        cast(null as varchar) as subject,
        charged.meter_code,
        tied_out.accounting_period,
        tied_out.currency,
        case
            when not charged.is_priced then 'PRICE_MISSING'
            when tied_out.not_yet_due_minor <> 0 then 'PERIOD_NOT_OVER'
            when tied_out.hold_code is not null and tied_out.held_minor <> 0
                then tied_out.hold_code
            when tied_out.awaiting_invoice_minor <> 0 then 'AWAITING_INVOICE'
            when tied_out.tolerated_minor <> 0 then 'WITHIN_TOLERANCE'
            when tied_out.right_minor = 0 then 'INVOICE_OVERDUE'
            else 'INVOICED_LESS'
        end as reason,
        charged.event_count,
        charged.quantity,
        case when charged.is_priced then tied_out.left_minor - tied_out.right_minor end
            as open_minor
    from tied_out
    inner join charged
        on
            tied_out.contract_id = charged.contract_id
            and tied_out.contract_line_id = charged.contract_line_id
            and tied_out.accounting_period = charged.accounting_period
            and tied_out.currency is not distinct from charged.currency
    where tied_out.left_minor > tied_out.right_minor or not charged.is_priced

),

held as (

    select
        concat_ws('|', source, subject, meter_code, hold_code) as usage_group_key,
        cast(null as varchar) as contract_id,
        cast(null as varchar) as contract_line_id,
        cast(null as varchar) as legal_entity_code,
        source || ':' || subject as subject,
        meter_code,
        cast(null as varchar) as accounting_period,
        cast(null as varchar) as currency,
        hold_code as reason,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(quantity) as decimal(28, 6)) as quantity,
        cast(null as bigint) as open_minor
    from held_usage
    group by source, subject, meter_code, hold_code

),

unioned as (

    select * from unbilled
    union all
    select * from held

),

final as (

    select
        unioned.*,
        {{ to_amount('unioned.open_minor', 'currencies.minor_unit_exponent') }} as open_amount
    from unioned
    left join currencies on unioned.currency = currencies.currency

)

select * from final
