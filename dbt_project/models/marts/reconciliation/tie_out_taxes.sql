-- One row per invoice, credit memo or void of a legal entity whose tax engine computes such
-- documents, from the first it computed on: what the engine computed, what the document says, what
-- the ERP has as tax. And per calculation whose document has not come: it waits for some days.
with

computed as (

    select * from {{ ref('int_taxes_computed') }}

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

currencies as (

    select * from {{ ref('currencies') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

allowed as (

    -- How long a calculation may wait for its document.
    select
        cast(parameters.as_of as date) as as_of_date,
        coalesce(max(try_cast(policies.policy_value as bigint)), 30) as due_days
    from parameters
    left join {{ ref('stg_reference__policies') }} as policies
        on
            policies.policy_code = 'tax_document_due_days'
            and policies.legal_entity_code = '*'
            and cast(parameters.as_of as date) >= policies.valid_from
            and cast(parameters.as_of as date) < policies.valid_to
    group by parameters.as_of

),

compared as (

    select
        computed.subject_key,
        computed.document_type,
        computed.document_id,
        computed.invoice_id,
        computed.legal_entity_code,
        computed.currency,
        computed.document_date,
        computed.calculation_id,
        computed.is_due is null as is_missing,
        holds.hold_code,
        currencies.minor_unit_exponent,
        computed.computed_minor as left_minor,
        computed.tax_minor as document_minor,
        computed.erp_tax_minor as right_minor,
        case
            when computed.is_due is not null then 0
            when
                allowed.as_of_date
                <= {{ add_days('computed.document_date', 'allowed.due_days') }}
                then computed.computed_minor
            else 0
        end as waiting_minor,
        case
            when holds.hold_code is null and computed.is_due then computed.subledger_tax_minor
            else computed.tax_minor
        end - computed.erp_tax_minor as explained_minor
    from computed
    cross join allowed
    left join holds on computed.subject_key = holds.subject_key
    left join currencies on computed.currency = currencies.currency

),

split as (

    select
        *,
        left_minor - right_minor - explained_minor - waiting_minor as difference_minor
    from compared

),

final as (

    select
        'tax:' || case document_type when 'invoice' then invoice_id else subject_key end
            as tie_out_key,
        document_type,
        document_id,
        invoice_id,
        calculation_id,
        legal_entity_code,
        currency,
        document_date,
        'Tax engine' as left_name,
        'Tax in the ERP' as right_name,
        cast(case when calculation_id is null then 0 else 1 end as bigint) as left_count,
        cast(case when is_missing then 0 else 1 end as bigint) as right_count,
        cast(left_minor as bigint) as left_minor,
        cast(document_minor as bigint) as invoice_minor,
        cast(right_minor as bigint) as right_minor,
        cast(explained_minor + waiting_minor as bigint) as explained_minor,
        cast(difference_minor as bigint) as difference_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "case document_type when 'credit' then 'credit memo' when 'void' then"
            " 'void of invoice' else 'invoice' end || ' ' || document_id",
            'the tax engine computed', 'the ERP has as its tax',
            [
                ('explained_minor', 'is not posted yet'),
                ('waiting_minor', 'waits for the document'),
            ],
        ) }} || case when is_missing then ' Nobody sent the document.' else '' end
        || coalesce(' Held by ' || hold_code || '.', '') as sentence
    from split

)

select * from final
