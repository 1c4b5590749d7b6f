-- One row per ERP, legal entity, account, accounting period and currency: what the sealed journals
-- say, and how much of it the ERP cannot have yet. A document on its way that the ERP already holds
-- is not in flight any more.
with

journal_lines as (

    select * from {{ ref('journal_lines') }}

),

erp_documents as (

    select * from {{ ref('int_erp_documents_matched') }}

),

arrived as (

    select distinct
        erp_code,
        document_key
    from erp_documents
    where is_sealed

),

lines as (

    select
        journal_lines.*,
        case
            when arrived.document_key is not null then 'posted'
            when journal_lines.delivery_status in ('rejected', 'conflict', 'held') then 'refused'
            else journal_lines.delivery_status
        end as status
    from journal_lines
    left join arrived
        on
            journal_lines.document_key = arrived.document_key
            and journal_lines.erp_code = arrived.erp_code
    where not journal_lines.is_voided

),

by_account as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        count(*) as line_count,
        cast(sum(signed_minor) as bigint) as sealed_minor,
        cast(sum(signed_functional_minor) as bigint) as sealed_functional_minor,
        {%- for status in ['in_flight', 'pending_approval', 'refused'] %}
            cast(
                coalesce(sum(signed_minor) filter (where status = '{{ status }}'), 0) as bigint
            ) as {{ status }}_minor,
        {%- endfor %}
        cast(
            coalesce(
                sum(signed_functional_minor) filter (
                    where status in ('in_flight', 'pending_approval', 'refused')
                ),
                0
            ) as bigint
        ) as explained_functional_minor
    from lines
    group by erp_code, legal_entity_code, account_code, accounting_period, currency

)

select * from by_account
