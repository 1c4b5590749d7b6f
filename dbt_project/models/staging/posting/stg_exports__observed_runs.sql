-- One row per run whose exceptions were observed, through the as-of instant.
with

source as (

    select * from {{ source('exports', 'observed_runs') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

renamed as (

    select
        source.run_id,
        source.as_of,
        source.exception_count,
        source.break_count
    from source
    cross join parameters
    where source.as_of <= parameters.as_of

)

select * from renamed
