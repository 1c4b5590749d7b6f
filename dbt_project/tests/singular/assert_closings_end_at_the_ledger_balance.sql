-- At the end of the last period everything sealed is posted, in its own period or in a later one: a
-- balance minus what is held or waits is the balance of the ledger.
with

last_rows as (

    select * from {{ ref('roll_forwards') }}
    qualify row_number() over (
        partition by account_role, legal_entity_code, currency order by accounting_period desc
    ) = 1

)

select * from last_rows
where closing_minor <> ledger_balance_minor + held_difference_minor + awaiting_sealing_minor
