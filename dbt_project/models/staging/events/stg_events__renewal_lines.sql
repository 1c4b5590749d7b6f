-- One row per event and contract line.
-- Lines of renewed contracts, always complete, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'renewal.accepted'

),

product_references as (

    select * from {{ ref('stg_reference__product_references') }}

),

contract_lines as (

    {{ staged_contract_lines('new_contract_id') }}

)

select * from contract_lines
