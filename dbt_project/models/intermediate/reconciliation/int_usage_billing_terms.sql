-- One row per usage contract line, accounting period and currency: how far the invoice may be from
-- the charge, and whether a charge without one is overdue, by the policies of the period.
with

usage_billing as (

    select * from {{ ref('int_usage_billing') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

in_force as (

    select
        usage_billing.contract_id,
        usage_billing.contract_line_id,
        usage_billing.accounting_period,
        usage_billing.currency,
        usage_billing.legal_entity_code,
        policies.policy_code,
        try_cast(policies.policy_value as bigint) as policy_value
    from usage_billing
    left join policies
        on
            policies.legal_entity_code in (usage_billing.legal_entity_code, '*')
            and strftime(policies.valid_from, '%Y-%m') <= usage_billing.accounting_period
            and usage_billing.accounting_period < strftime(policies.valid_to, '%Y-%m')
    qualify row_number() over (
        partition by
            usage_billing.contract_id,
            usage_billing.contract_line_id,
            usage_billing.accounting_period,
            usage_billing.currency,
            policies.policy_code
        order by
            case when policies.legal_entity_code = '*' then 1 else 0 end asc,
            policies.valid_from desc,
            policies.row_number asc
    ) = 1

),

terms as (

    select
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        legal_entity_code,
        {{ month_end("cast(accounting_period || '-01' as date)") }} as period_end_date,
        coalesce(
            max(policy_value) filter (where policy_code = 'usage_billing_tolerance_minor'), 0
        ) as tolerance_minor,
        coalesce(
            max(policy_value) filter (where policy_code = 'usage_invoice_due_days'), 45
        ) as invoice_due_days
    from in_force
    group by contract_id, contract_line_id, accounting_period, currency, legal_entity_code

),

dated as (

    select
        terms.*,
        coalesce(
            legal_entities.cutoff_date
            > {{ add_days('terms.period_end_date', 'terms.invoice_due_days') }},
            false
        ) as is_overdue
    from terms
    left join legal_entities on terms.legal_entity_code = legal_entities.legal_entity_code

)

select * from dated
