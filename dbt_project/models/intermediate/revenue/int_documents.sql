-- One row per invoice, credit and payment dated up to the cut-off of its legal entity.
with

invoices as (

    select * from {{ ref('stg_events__invoices') }}

),

credits as (

    select * from {{ ref('stg_events__credits') }}

),

payments as (

    select * from {{ ref('stg_events__payments') }}

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

unioned as (

    select
        'invoice' as document_type,
        invoice_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        invoice_date as document_date,
        total_minor,
        tax_total_minor,
        correlation_id
    from invoices
    where is_first
    union all
    select
        'credit' as document_type,
        credit_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        credit_date as document_date,
        total_minor,
        tax_total_minor,
        correlation_id
    from credits
    where is_first
    union all
    select
        'payment' as document_type,
        payment_id as document_id,
        invoice_id,
        event_key,
        source,
        source_customer_id,
        legal_entity_code,
        currency,
        paid_date as document_date,
        amount_minor as total_minor,
        cast(0 as bigint) as tax_total_minor,
        correlation_id
    from payments
    where is_first

),

described as (

    select
        unioned.*,
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
    from unioned
    cross join parameters
    left join customers
        on
            unioned.source = customers.source
            and unioned.source_customer_id = customers.source_customer_id
    left join legal_entities on unioned.legal_entity_code = legal_entities.legal_entity_code
    left join currencies on unioned.currency = currencies.currency
    left join rates
        on
            unioned.currency = rates.from_currency
            and legal_entities.functional_currency = rates.to_currency
            and rates.valid_from <= unioned.document_date
            and unioned.document_date < rates.valid_to

),

effective as (

    select * from described where document_date <= cutoff_date

)

select * from effective
