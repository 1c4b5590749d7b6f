{#
    One row per account (`key`), step and fee: what is still due of the fee after the first wallets
    have paid, in the order of their priority (lower first) and position. Step 0 is before any
    wallet. A wallet pays the fees it may, each in its order, until nothing is left of it. So the
    first wallet goes first at every fee, and what pays a fee does not depend on when it is asked.

    `fees` has position and amount, `wallets` wallet_id, priority, position and balance.
    `fee_columns` are carried along; `may_pay` says of `ordered` (a wallet) and `steps` (a fee)
    whether the wallet may pay it.
#}
{% macro wallet_steps(fees, wallets, key, fee_columns, may_pay) -%}
    with recursive

    ordered as (

        select
            wallets.*,
            row_number() over (
                partition by wallets.{{ key }} order by wallets.priority, wallets.position
            ) as ordinal
        from {{ wallets }} as wallets

    ),

    steps as (

        select
            fees.{{ key }},
            cast(0 as bigint) as step,
            cast(null as varchar) as wallet_id,
            fees.position,
            fees.{{ fee_columns | join(', fees.') }},
            cast(0 as decimal(38, 12)) as paid_amount,
            cast(fees.amount as decimal(38, 12)) as due_amount
        from {{ fees }} as fees
        union all
        select
            paying.{{ key }},
            paying.step,
            paying.wallet_id,
            paying.position,
            paying.{{ fee_columns | join(', paying.') }},
            cast(paying.paid_amount as decimal(38, 12)) as paid_amount,
            cast(paying.due_amount - paying.paid_amount as decimal(38, 12)) as due_amount
        from (
            select
                steps.{{ key }},
                steps.step + 1 as step,
                ordered.wallet_id,
                steps.position,
                steps.{{ fee_columns | join(', steps.') }},
                steps.due_amount,
                case
                    when not ({{ may_pay }}) then 0
                    else greatest(
                        least(
                            steps.due_amount,
                            ordered.balance - coalesce(
                                sum(case when {{ may_pay }} then steps.due_amount else 0 end) over (
                                    partition by steps.{{ key }}
                                    order by steps.position
                                    rows between unbounded preceding and 1 preceding
                                ),
                                0
                            )
                        ),
                        0
                    )
                end as paid_amount
            from steps
            inner join ordered
                on steps.{{ key }} = ordered.{{ key }} and steps.step + 1 = ordered.ordinal
        ) as paying

    )

    select * from steps
{%- endmacro %}
