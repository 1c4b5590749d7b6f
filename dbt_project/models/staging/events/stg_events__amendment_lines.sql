-- One row per event and contract line.
-- Lines of contracts after a change, always complete, typed.
with

events as (

    select * from {{ source('raw', 'events') }} where event_type = 'subscription.amended'

),

product_references as (

    select * from {{ ref('stg_reference__product_references') }}

),

contract_lines as (

    {{ staged_contract_lines() }}

)

select * from contract_lines
