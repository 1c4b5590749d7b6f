-- One row per legal entity.
-- Companies that book, typed; the company folder was checked before it landed.
with

legal_entities as (

    select * from {{ source('raw', 'reference_legal_entities') }}

),

typed as (

    select
        legal_entities.legal_entity_code,
        legal_entities.legal_entity_name,
        legal_entities.functional_currency,
        legal_entities.time_zone,
        legal_entities.calendar,
        legal_entities.erp_code,
        legal_entities.book,
        legal_entities.snapshot_hash,
        legal_entities.row_number
    from legal_entities

)

select * from typed
