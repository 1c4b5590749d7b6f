-- One row per link between two records: follow it down from an event to the ERP document that
-- carries its money, or up again. Single usage events are resolved by usage_event_charges.
with

contract_links as (

    select * from {{ ref('int_lineage_contract_links') }}

),

sales_links as (

    select * from {{ ref('int_lineage_sales_links') }}

),

support_links as (

    select * from {{ ref('int_lineage_support_links') }}

),

document_links as (

    select * from {{ ref('int_lineage_document_links') }}

),

hold_links as (

    select * from {{ ref('int_lineage_hold_links') }}

),

usage_links as (

    select * from {{ ref('int_lineage_usage_links') }}

),

subledger_links as (

    select * from {{ ref('int_lineage_subledger_links') }}

),

journal_links as (

    select * from {{ ref('int_lineage_journal_links') }}

),

links as (

    select * from sales_links
    union all
    select * from support_links
    union all
    select * from contract_links
    union all
    select * from document_links
    union all
    select * from hold_links
    union all
    select * from usage_links
    union all
    select * from subledger_links
    union all
    select * from journal_links

)

select * from links
