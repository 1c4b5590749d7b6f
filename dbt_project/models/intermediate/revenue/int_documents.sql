-- One row per invoice, document that follows one, adjustment and reversal, dated up to the cut-off
-- of its legal entity. A document without a correlation id has that of its invoice, else that of
-- the first contract billed with it, else one of its own.
with

documents as (

    select * from {{ ref('int_documents_unioned') }} where is_first

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

rates as (

    select * from {{ ref('int_fx_rates') }}

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

billed as (

    select
        invoice_id,
        min(contract_id) as contract_id
    from {{ ref('stg_events__invoice_lines') }}
    group by invoice_id

),

invoices as (

    select
        documents.document_id as invoice_id,
        coalesce(documents.correlation_id, contracts.correlation_id) as correlation_id
    from documents
    left join billed on documents.document_id = billed.invoice_id
    left join contracts on billed.contract_id = contracts.contract_id
    where documents.document_type = 'invoice'

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

described as (

    select
        documents.document_type,
        documents.document_id,
        documents.invoice_id,
        documents.payment_id,
        documents.event_key,
        documents.source,
        documents.source_customer_id,
        documents.legal_entity_code,
        documents.currency,
        documents.document_date,
        documents.total_minor,
        documents.tax_total_minor,
        documents.known_at,
        documents.is_first,
        documents.refusal_code,
        documents.rate_date,
        coalesce(
            documents.correlation_id,
            invoices.correlation_id,
            documents.document_type || ':' || documents.document_id
        ) as correlation_id,
        customers.customer_id,
        legal_entities.book,
        legal_entities.functional_currency,
        currencies.minor_unit_exponent as transaction_exponent,
        legal_entities.functional_exponent,
        rates.rate_scaled,
        rates.rate_id,
        coalesce(
            legal_entities.cutoff_date, {{ add_days('cast(parameters.as_of as date)', -1) }}
        ) as cutoff_date
    from documents
    cross join parameters
    left join customers
        on
            documents.source = customers.source
            and documents.source_customer_id = customers.source_customer_id
    left join invoices on documents.invoice_id = invoices.invoice_id
    left join legal_entities on documents.legal_entity_code = legal_entities.legal_entity_code
    left join currencies on documents.currency = currencies.currency
    left join rates
        on
            documents.currency = rates.from_currency
            and legal_entities.functional_currency = rates.to_currency
            and documents.rate_date >= rates.valid_from
            and documents.rate_date < rates.valid_to

),

effective as (

    select * from described where document_date <= cutoff_date

)

select * from effective
