-- One row per recognition step and invoice line it meets on its track, or one for a step that meets
-- none. A view: it answers for single lines when an amount is explained.
{{ config(materialized='view') }}
with

steps as (

    select * from {{ ref('int_recognition_steps') }}

),

matches as (

    select * from {{ ref('int_recognition_matches') }}

),

rates as (

    select * from {{ ref('int_fx_rates') }}

),

gl_accounts as (

    select * from {{ ref('int_gl_accounts_mapped') }}

),

described as (

    select
        steps.recognition_step_id,
        steps.step_kind,
        steps.entry_type,
        steps.document_type,
        steps.contract_id,
        steps.contract_line_id,
        coalesce(
            steps.performance_obligation_id,
            substr(steps.recognition_step_id, instr(steps.recognition_step_id, '|') + 1)
        ) as cause_key,
        steps.product_code,
        steps.legal_entity_code,
        steps.currency,
        steps.functional_currency,
        steps.step_end_date,
        {{ accounting_period('steps.step_end_date') }} as accounting_period,
        steps.amount_minor as step_minor,
        steps.functional_minor as step_functional_minor,
        steps.rate_id as step_rate_id,
        {{ amount_from_scaled(wide('rates.rate_scaled') ~ ' * 1000000') }} as step_rate,
        matches.invoice_id,
        matches.invoice_line_id,
        matches.layer_product_code,
        matches.layer_rate_id,
        {{ accounting_period('matches.invoice_date') }} as invoice_period,
        matches.is_billed_first,
        cast(matches.amount_minor as bigint) as amount_minor,
        cast(matches.step_from as bigint) as step_from,
        cast(matches.step_to as bigint) as step_to,
        matches.step_functional_minor as matched_step_functional_minor,
        cast(matches.layer_fine_from as bigint) as layer_fine_from,
        cast(matches.layer_fine_to as bigint) as layer_fine_to,
        matches.net_minor,
        matches.functional_net_minor,
        matches.layer_functional_minor
    from steps
    left join matches on steps.recognition_step_id = matches.recognition_step_id
    left join rates
        on
            steps.currency = rates.from_currency
            and steps.functional_currency = rates.to_currency
            and steps.step_end_date >= rates.valid_from
            and steps.step_end_date < rates.valid_to

),

recognition_matches as (

    select
        described.*,
        released.account_code as released_account_code,
        unbilled.account_code as unbilled_account_code,
        cleared.account_code as cleared_account_code
    from described
    left join gl_accounts as released
        on
            described.legal_entity_code = released.legal_entity_code
            and released.account_role = 'deferred_revenue'
            and coalesce(described.layer_product_code, '') = released.product_code
            and {{ month_end('described.step_end_date') }} = released.mapping_date
    left join gl_accounts as unbilled
        on
            described.legal_entity_code = unbilled.legal_entity_code
            and unbilled.account_role = 'unbilled_receivable'
            and coalesce(described.product_code, '') = unbilled.product_code
            and {{ month_end('described.step_end_date') }} = unbilled.mapping_date
    left join gl_accounts as cleared
        on
            described.legal_entity_code = cleared.legal_entity_code
            and cleared.account_role = 'unbilled_receivable'
            and coalesce(described.product_code, '') = cleared.product_code
            and described.invoice_period = {{ accounting_period('cleared.mapping_date') }}

)

select * from recognition_matches
