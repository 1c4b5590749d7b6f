-- One row per contract or document that controls are asked about, with what they have in common.
with

contracts as (

    select * from {{ ref('contracts') }}

),

documents as (

    select * from {{ ref('int_documents') }}

),

contract_versions as (

    select * from {{ ref('contract_version_lines') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

prices as (

    select
        contract_id,
        max(version_total_minor) as amount_minor
    from (
        select
            contract_id,
            contract_version_id,
            sum(version_price_minor) as version_total_minor
        from contract_versions
        group by contract_id, contract_version_id
    ) as version_totals
    group by contract_id

),

subjects as (

    select
        'contract' as subject_type,
        contracts.contract_id as subject_key,
        'Contract ' || contracts.contract_id as subject_text,
        contracts.source,
        contracts.source_customer_id,
        contracts.legal_entity_code,
        contracts.currency,
        true as has_customer,
        coalesce(prices.amount_minor, 0) as amount_minor
    from contracts
    left join prices on contracts.contract_id = prices.contract_id
    union all
    select
        'document' as subject_type,
        document_type || ':' || document_id as subject_key,
        case document_type
            when 'credit' then 'Credit memo'
            when 'payment_failure' then 'Failed payment'
            when 'void' then 'Void of invoice'
            when 'dispute_won' then 'Won dispute'
            when 'dispute_lost' then 'Lost dispute'
            else upper(left(document_type, 1)) || replace(substr(document_type, 2), '_', ' ')
        end || ' ' || document_id as subject_text,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        document_type not in ('adjustment', 'reversal') as has_customer,
        coalesce(total_minor, 0) as amount_minor
    from documents

),

described as (

    select
        subjects.*,
        currencies.minor_unit_exponent is not null as is_currency_known,
        case
            when currencies.minor_unit_exponent is null then subjects.currency
            else {{ amount_text(
                'subjects.amount_minor', 'currencies.minor_unit_exponent', 'subjects.currency'
            ) }}
        end as amount_text
    from subjects
    left join currencies on subjects.currency = currencies.currency

)

select * from described
