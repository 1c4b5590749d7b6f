-- One row per legal entity.
-- The cutoff is the last day that was over at the as-of instant in the entity's time zone.
with

legal_entities as (

    select * from {{ ref('stg_reference__legal_entities') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

dated as (

    select
        legal_entities.legal_entity_code,
        legal_entities.functional_currency,
        currencies.minor_unit_exponent as functional_exponent,
        legal_entities.time_zone,
        legal_entities.book,
        legal_entities.erp_code,
        {{ add_days(local_date('parameters.as_of', 'legal_entities.time_zone'), -1) }}
            as cutoff_date
    from legal_entities
    cross join parameters
    left join currencies on legal_entities.functional_currency = currencies.currency

)

select * from dated
