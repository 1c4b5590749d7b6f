-- Both ends of every link exist: a trace never runs into a key that nothing answers for.
{{ config(meta={'dagster': {'ref': {'name': 'links'}}}) }}
with

nodes as (

    select
        'event' as node_type,
        event_key as node_key
    from {{ source('raw', 'events') }}
    union all
    select
        'customer' as node_type,
        customer_id as node_key
    from {{ ref('int_customers_resolved') }}
    union all
    select
        'opportunity' as node_type,
        opportunity_id as node_key
    from {{ ref('opportunities') }}
    union all
    select
        'quote' as node_type,
        quote_id as node_key
    from {{ ref('quotes') }}
    union all
    select
        'credit_request' as node_type,
        request_id as node_key
    from {{ ref('credit_requests') }}
    union all
    select
        'ticket' as node_type,
        ticket_id as node_key
    from {{ ref('credit_requests') }}
    union all
    select
        'contract' as node_type,
        contract_id as node_key
    from {{ ref('contracts') }}
    union all
    select
        'contract_version' as node_type,
        contract_version_id as node_key
    from {{ ref('contract_versions') }}
    union all
    select
        document_type as node_type,
        document_id as node_key
    from {{ ref('int_billing_documents') }}
    union all
    select
        'usage' as node_type,
        usage_key as node_key
    from {{ ref('int_usage_by_charge') }}
    union all
    select
        'usage_charge' as node_type,
        usage_charge_id as node_key
    from {{ ref('usage_charges') }}
    union all
    select
        'prepaid_credit' as node_type,
        prepaid_credit_id as node_key
    from {{ ref('prepaid_credits') }}
    union all
    select
        'subledger_line' as node_type,
        subledger_line_key as node_key
    from {{ ref('int_subledger_lines_delivered') }}
    union all
    select
        'journal_line' as node_type,
        journal_line_key as node_key
    from {{ ref('journal_lines') }}
    union all
    select
        'document' as node_type,
        document_key as node_key
    from {{ ref('journal_entries') }}
    union all
    select
        'erp_document' as node_type,
        erp_code || ':' || erp_document_id as node_key
    from {{ ref('int_erp_documents_matched') }}

),

ends as (

    select
        from_type as node_type,
        from_key as node_key
    from {{ ref('links') }}
    union
    select
        to_type as node_type,
        to_key as node_key
    from {{ ref('links') }}

)

select
    ends.node_type,
    ends.node_key
from ends
left join nodes
    on ends.node_type = nodes.node_type and ends.node_key = nodes.node_key
where nodes.node_key is null
