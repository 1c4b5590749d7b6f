-- One row per sealed document that the ERP refused or holds with another content, voided ones too:
-- what the ERP said and how often it was asked.
with

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

refused as (

    select *
    from journal_entries
    where
        delivery_status in ('rejected', 'conflict')
        or outbox_state in ('rejected', 'conflict')
        or (is_voided and error_text is not null)

),

final as (

    select
        refused.document_key,
        refused.revision,
        refused.erp_code,
        refused.legal_entity_code,
        refused.entry_type,
        refused.source_document,
        refused.currency,
        refused.posting_date,
        refused.accounting_period,
        refused.total_minor,
        refused.total_amount,
        refused.delivery_status,
        refused.attempt_count,
        refused.error_class,
        refused.error_text,
        refused.is_voided,
        refused.void_reason,
        refused.sealed_as_of,
        'Document ' || refused.document_key || ' over '
        || {{ amount_text(
            'refused.total_minor', 'currencies.minor_unit_exponent', 'refused.currency'
        ) }}
        || ': the ERP was asked ' || refused.attempt_count || ' time(s) and said: '
        || coalesce(refused.error_text, 'nothing')
        || case when refused.is_voided then ' (voided)' else '' end as sentence
    from refused
    left join currencies on refused.currency = currencies.currency

)

select * from final
