-- One row per change of an exception's state that a run saw, through the as-of instant.
with

source as (

    select * from {{ source('exports', 'exception_observations') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

renamed as (

    select
        source.sequence,
        source.exception_key,
        source.run_id,
        source.as_of,
        source.state,
        source.resolution,
        source.last_seen_at,
        source.legal_entity_code,
        source.amount_minor,
        source.currency,
        row_number() over (
            partition by source.exception_key
            order by source.sequence desc
        ) = 1 as is_last
    from source
    cross join parameters
    where source.as_of <= parameters.as_of

)

select * from renamed
