-- One row per object and attribute.
-- Who owns which attribute, typed; the company folder was checked before it landed.
with

systems_of_record as (

    select * from {{ source('raw', 'reference_systems_of_record') }}

),

typed as (

    select
        systems_of_record.object,
        systems_of_record.attribute,
        systems_of_record.source,
        systems_of_record.snapshot_hash,
        systems_of_record.row_number
    from systems_of_record

)

select * from typed
