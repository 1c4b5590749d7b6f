-- One row per contract, with what its legal entity, currencies and cut-off say about its revenue.
with

contracts as (

    select * from {{ ref('contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

described as (

    select
        contracts.contract_id,
        contracts.customer_id,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.service_end_date,
        contracts.cancellation_policy,
        contracts.cancellation_date,
        contracts.correlation_id,
        legal_entities.book,
        legal_entities.functional_currency,
        currencies.minor_unit_exponent as transaction_exponent,
        legal_entities.functional_exponent,
        coalesce(
            legal_entities.cutoff_date, {{ add_days('cast(parameters.as_of as date)', -1) }}
        ) as cutoff_date,
        {{ contract_track(
            'contracts.contract_id', 'contracts.legal_entity_code', 'contracts.currency'
        ) }} as track_key
    from contracts
    cross join parameters
    left join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code
    left join currencies on contracts.currency = currencies.currency

)

select * from described
