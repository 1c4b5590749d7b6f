-- One row per usage contract line, accounting period and currency: what was charged for the usage
-- of the period, less what prepaid credit pays, and what billing invoiced for it.
with

usage_charges as (

    select * from {{ ref('int_usage_charges_payable') }}

),

invoiced as (

    select * from {{ ref('int_usage_invoiced') }}

),

contract_holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

charged as (

    select
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        min(legal_entity_code) as legal_entity_code,
        max(service_end_date) as service_end_date,
        count(*) as charge_count,
        cast(coalesce(sum(payable_minor), 0) as bigint) as charge_minor,
        bool_and(is_complete) as is_complete,
        bool_and(payable_minor is not null) as is_priced
    from usage_charges
    group by contract_id, contract_line_id, accounting_period, currency

),

combined as (

    select
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        coalesce(charged.legal_entity_code, invoiced.legal_entity_code) as legal_entity_code,
        charged.service_end_date,
        coalesce(charged.charge_count, 0) as charge_count,
        coalesce(invoiced.invoice_line_count, 0) as invoice_line_count,
        coalesce(charged.charge_minor, 0) as charge_minor,
        coalesce(invoiced.invoiced_minor, 0) as invoiced_minor,
        coalesce(invoiced.held_minor, 0) as held_invoiced_minor,
        coalesce(invoiced.free_line_count, 0) as free_line_count,
        coalesce(charged.is_priced, true) as is_priced,
        coalesce(charged.is_complete, true) as is_complete,
        coalesce(
            contract_holds.hold_code,
            invoiced.hold_code,
            case when not charged.is_priced then 'PRICE_MISSING' end
        ) as hold_code
    from charged
    full join invoiced using (contract_id, contract_line_id, accounting_period, currency)
    left join contract_holds on contract_id = contract_holds.subject_key

)

select * from combined
