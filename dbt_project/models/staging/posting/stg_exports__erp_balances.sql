-- One row per ERP, legal entity, account, accounting period and currency.
with

source as (

    select * from {{ source('exports', 'erp_balances') }}

),

renamed as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        debit_minor,
        credit_minor,
        functional_debit_minor,
        functional_credit_minor
    from source

)

select * from renamed
