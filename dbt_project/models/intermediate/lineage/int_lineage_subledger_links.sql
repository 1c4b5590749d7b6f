-- One row per link that leads to a subledger line: from the version, the billing document, the
-- usage charge or the expired prepaid credit it was computed from. Lines of a month with two
-- versions belong to both.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

billing_documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

expired as (

    select * from {{ ref('prepaid_credit_movements') }} where movement_kind = 'expired'

),

version_lines as (

    select
        contract_version_lines.contract_version_id,
        contract_version_lines.contract_id,
        contract_version_lines.contract_line_id,
        {{ accounting_period('contract_versions.valid_from') }} as first_period,
        {{ accounting_period(add_days('contract_versions.valid_to', -1)) }} as last_period
    from contract_version_lines
    inner join contract_versions
        on contract_version_lines.contract_version_id = contract_versions.contract_version_id

),

links as (

    select
        'contract_version' as from_type,
        version_lines.contract_version_id as from_key,
        'subledger_line' as to_type,
        subledger_lines.subledger_line_key as to_key
    from subledger_lines
    inner join version_lines
        on
            subledger_lines.contract_id = version_lines.contract_id
            and subledger_lines.contract_line_id = version_lines.contract_line_id
    where
        subledger_lines.document_type is null
        and (
            subledger_lines.contract_version_id = version_lines.contract_version_id
            or subledger_lines.origin_period
            between version_lines.first_period and version_lines.last_period
        )

    union

    select
        billing_documents.document_type as from_type,
        billing_documents.document_id as from_key,
        'subledger_line' as to_type,
        subledger_lines.subledger_line_key as to_key
    from subledger_lines
    inner join billing_documents
        on
            subledger_lines.document_type = billing_documents.document_type
            and subledger_lines.document_id = billing_documents.document_id

    union

    select
        'usage_charge' as from_type,
        usage_charges.usage_charge_id as from_key,
        'subledger_line' as to_type,
        subledger_lines.subledger_line_key as to_key
    from subledger_lines
    inner join usage_charges
        on
            subledger_lines.contract_line_id = usage_charges.contract_line_id
            and subledger_lines.contract_id = usage_charges.contract_id
            and subledger_lines.origin_period = usage_charges.accounting_period
    where subledger_lines.entry_type = 'usage_accrual'

    union

    select
        'prepaid_credit' as from_type,
        expired.prepaid_credit_id as from_key,
        'subledger_line' as to_type,
        subledger_lines.subledger_line_key as to_key
    from subledger_lines
    inner join expired
        on
            subledger_lines.contract_line_id = expired.contract_line_id
            and subledger_lines.contract_id = expired.contract_id
            and subledger_lines.origin_period = expired.accounting_period
    where subledger_lines.entry_type = 'recognition' and subledger_lines.document_type is null

)

select * from links
