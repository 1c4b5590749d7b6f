-- One row per invoice, document that follows one, adjustment and reversal, dated up to the cut-off
-- of its legal entity.
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

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

described as (

    select
        documents.*,
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
