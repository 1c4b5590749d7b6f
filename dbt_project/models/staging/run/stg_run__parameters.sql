-- One row: what this run is computed as of.
with

parameters as (

    select * from {{ source('run', 'parameters') }}

)

select * from parameters
