{# What one credit pays of a total, after the credits before it. #}
{% macro credit_applied(credit_amount, credits_before, payable) -%}
    {{ at_least(at_most(payable ~ ' - ' ~ credits_before, credit_amount), '0') }}
{%- endmacro %}

{#
    One row per bill (`key`) and step: what is still due after the first wallets have paid, in the
    order of their priority (lower first) and position. A wallet that is limited to a type pays
    fees of that type only, and each fee is paid in its order. Step 0 is before any wallet.
#}
{% macro after_wallets(fees, wallets, key) -%}
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
            fees.position,
            fees.fee_type,
            cast(fees.amount as decimal(38, 12)) as due_amount
        from {{ fees }} as fees
        union all
        select
            steps.{{ key }},
            steps.step + 1 as step,
            steps.position,
            steps.fee_type,
            cast(
                steps.due_amount - case
                    when not {{ wallet_may_pay('ordered', 'steps') }} then 0
                    else greatest(
                        least(
                            steps.due_amount,
                            ordered.balance - coalesce(
                                sum(
                                    case
                                        when {{ wallet_may_pay('ordered', 'steps') }}
                                            then steps.due_amount
                                        else 0
                                    end
                                ) over (
                                    partition by steps.{{ key }}
                                    order by steps.position
                                    rows between unbounded preceding and 1 preceding
                                ),
                                0
                            )
                        ),
                        0
                    )
                end
                as decimal(38, 12)
            ) as due_amount
        from steps
        inner join ordered
            on steps.{{ key }} = ordered.{{ key }} and steps.step + 1 = ordered.ordinal

    )

    select
        steps.{{ key }},
        steps.step,
        ordered.wallet_id,
        sum(steps.due_amount) as due_amount
    from steps
    left join ordered on steps.{{ key }} = ordered.{{ key }} and steps.step = ordered.ordinal
    group by steps.{{ key }}, steps.step, ordered.wallet_id
{%- endmacro %}

{% macro wallet_may_pay(wallet, fee) -%}
    ({{ wallet }}.only_fee_type is null or {{ wallet }}.only_fee_type = {{ fee }}.fee_type)
{%- endmacro %}
