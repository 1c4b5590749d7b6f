-- One row per contract and currency: its balances at the end of the last period they reach.
with

contract_balances as (

    select * from {{ ref('contract_balances') }}

),

latest as (

    select *
    from contract_balances
    qualify row_number() over (
        partition by contract_id, currency order by accounting_period desc
    ) = 1

)

select * from latest
