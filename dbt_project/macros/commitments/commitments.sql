{# What is missing to a commitment; never negative. #}
{% macro true_up(commitment_scaled, used_scaled) -%}
    {{ at_least(commitment_scaled ~ ' - ' ~ used_scaled, '0') }}
{%- endmacro %}

{# What goes beyond a commitment, times a factor, in millionths of what the amounts count. #}
{% macro beyond_commitment(used_scaled, commitment_scaled, factor) -%}
    {{ or_unknown(
        at_least(used_scaled ~ ' - ' ~ commitment_scaled, '0') ~ ' * ' ~ scaled_quantity(factor)
    ) }}
{%- endmacro %}

{#
    One row per window of a windowed commitment, in counts of 10^-24: what the window uses of its
    commitment, what is missing to it (where it is trued up) and what goes beyond it, times the
    overage factor. A window without commitment is all use.
#}
{% macro window_amounts(windows) -%}
    select
        based.*,
        case
            when not based.is_committed then based.base_scaled
            when based.commitment_scaled is not null
                then {{ at_most('based.base_scaled', 'based.commitment_scaled') }}
        end * 1000000 as utilized_fine,
        case
            when not based.is_committed or not based.is_trued_up then 0
            when based.is_trued_up and based.commitment_scaled is not null
                then {{ at_least('based.commitment_scaled - based.base_scaled', '0') }} * 1000000
        end as true_up_fine,
        case
            when not based.is_committed or based.base_scaled <= based.commitment_scaled then 0
            else {{ beyond_commitment(
                'based.base_scaled', 'based.commitment_scaled', 'based.overage_factor'
            ) }}
        end as overage_fine
    from (
        select
            windows.*,
            coalesce(windows.commitment_amount, windows.commitment_quantity) is not null
                as is_committed,
            {{ amount_at_price('windows.quantity', 'windows.unit_amount') }} as base_scaled,
            coalesce(
                {{ scaled_by_18('windows.commitment_amount') }},
                {{ amount_at_price('windows.commitment_quantity', 'windows.unit_amount') }}
            ) as commitment_scaled
        from {{ windows }} as windows
    ) as based
{%- endmacro %}

{# The part of this period's usage that still fits a commitment over a longer term. #}
{% macro within_commitment(commitment, used_before, used_now) -%}
    {{ at_least(at_most(commitment ~ ' - ' ~ used_before, used_now), '0') }}
{%- endmacro %}
