-- One row per legal entity, account and first day.
-- Chart of accounts, typed; the company folder was checked before it landed.
with

accounts as (

    select * from {{ source('raw', 'reference_accounts') }}

),

typed as (

    select
        accounts.legal_entity_code,
        accounts.account_code,
        accounts.account_name,
        accounts.account_type,
        cast(nullif(accounts.is_active, '') as boolean) as is_active,
        cast(nullif(accounts.valid_from, '') as date) as valid_from,
        accounts.snapshot_hash,
        accounts.row_number
    from accounts

),

dated as (

    select
        typed.*,
        coalesce(
            lead(typed.valid_from) over (
                partition by typed.legal_entity_code, typed.account_code
                order by typed.valid_from, typed.row_number
            ),
            {{ end_of_time() }}
        ) as valid_to
    from typed

)

select * from dated
