{# What one credit pays of a total, after the credits before it. #}
{% macro credit_applied(credit_amount, credits_before, payable) -%}
    {{ at_least(at_most(payable ~ ' - ' ~ credits_before, credit_amount), '0') }}
{%- endmacro %}

{# One row per bill (`key`) and step: what is still due of the whole bill. A wallet that is limited
   to a type pays fees of that type only. #}
{% macro after_wallets(fees, wallets, key) -%}
    select
        steps.{{ key }},
        steps.step,
        steps.wallet_id,
        sum(steps.due_amount) as due_amount
    from (
        {{ wallet_steps(
            fees, wallets, key, ['fee_type'],
            'ordered.only_fee_type is null or ordered.only_fee_type = steps.fee_type',
        ) }}
    ) as steps
    group by steps.{{ key }}, steps.step, steps.wallet_id
{%- endmacro %}
