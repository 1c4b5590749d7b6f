-- Every entry group sums to zero in transaction and in functional currency. A group with an amount
-- that is not known cannot be judged; it is held as a whole.
with

totals as (

    select
        entry_group_key,
        sum(amount_minor) as imbalance_minor,
        sum(functional_amount_minor) as functional_imbalance_minor
    from {{ ref('subledger_lines') }}
    group by entry_group_key
    having
        count(*) = count(amount_minor)
        and count(*) = count(functional_amount_minor)

)

select * from totals where imbalance_minor <> 0 or functional_imbalance_minor <> 0
