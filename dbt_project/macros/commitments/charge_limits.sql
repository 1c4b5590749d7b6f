{# First month of the window a month lies in: windows of so many months follow each other from a
   month of the year, or from the month in which the line takes the price. #}
{% macro window_start(month_date, window_months, window_first_month, price_first_date) -%}
    {{ add_months(
        window_anchor(window_first_month, price_first_date),
        div_truncated(
            months_apart(window_anchor(window_first_month, price_first_date), month_date),
            window_months,
        ) ~ ' * ' ~ window_months,
    ) }}
{%- endmacro %}

{% macro window_anchor(window_first_month, price_first_date) -%}
    case
        when {{ window_first_month }} is null then {{ month_start(price_first_date) }}
        else {{ add_months("date '2000-01-01'", window_first_month ~ ' - 1') }}
    end
{%- endmacro %}

{# A limit as a count of 10^-18: whole, or for the days of service within its span. #}
{% macro limit_scaled(amount, prorates_limits, service_days, span_days, decimals, mode) -%}
    case
        when {{ prorates_limits }}
            then {{ amount_of_fraction(amount, service_days, span_days, decimals, mode) }}
        else {{ scaled_by_18(amount) }}
    end
{%- endmacro %}

{#
    One row per charge (`key`): what the charges of its span come to through it (base_scaled), how
    much of that is above the maximum, and, once the span is over, how much is missing to the
    minimum; each with what it was for the charges before (earlier). `charges` has one row per
    charge with the columns of `group_by`, service_start_date and those named here.
#}
{% macro limit_steps(
    charges, key, group_by, amount_scaled, maximum_scaled, minimum_scaled, is_over
) -%}
    select
        exceeded.{{ key }},
        exceeded.span_scaled as base_scaled,
        exceeded.above_scaled,
        lag(exceeded.above_scaled, 1, 0) over in_order as earlier_above_scaled,
        exceeded.span_scaled - exceeded.above_scaled as capped_scaled,
        exceeded.below_scaled,
        lag(exceeded.below_scaled, 1, 0) over in_order as earlier_below_scaled,
        exceeded.{{ amount_scaled }}
        - (exceeded.above_scaled - lag(exceeded.above_scaled, 1, 0) over in_order)
        + (exceeded.below_scaled - lag(exceeded.below_scaled, 1, 0) over in_order)
            as limited_scaled
    from (
        select
            capped.*,
            {{ below_minimum(
                '(capped.span_scaled - capped.above_scaled)', '0',
                'capped.' ~ minimum_scaled, 'capped.' ~ is_over,
            ) }} as below_scaled
        from (
            select
                summed.*,
                {{ above_maximum('summed.span_scaled', '0', 'summed.' ~ maximum_scaled) }}
                    as above_scaled
            from ({{ span_sums(charges, group_by, amount_scaled) }}) as summed
        ) as capped
    ) as exceeded
    window in_order as (partition by {{ group_by }} order by exceeded.service_start_date)
{%- endmacro %}

{# One row per charge (`key`): what the charges of its window come to through it (base_scaled), and
   what the factor on use beyond the commitment adds to that (over), and to what was before
   (earlier); nothing where the price has no factor. #}
{% macro overage_steps(charges, key, group_by, amount_scaled, commitment_scaled) -%}
    select
        raised.{{ key }},
        raised.span_scaled as base_scaled,
        raised.over_scaled,
        lag(raised.over_scaled, 1, 0) over in_order as earlier_over_scaled,
        raised.{{ amount_scaled }}
        + raised.over_scaled
        - lag(raised.over_scaled, 1, 0) over in_order as raised_scaled
    from (
        select
            summed.*,
            case
                when summed.overage_factor is null then 0
                else {{ round_ratio(
                    beyond_commitment(
                        'summed.span_scaled',
                        'summed.' ~ commitment_scaled,
                        '(summed.overage_factor - 1)',
                    ),
                    '1000000', '18', 'summed.step_decimals', 'summed.rounding_mode',
                ) }}
            end as over_scaled
        from ({{ span_sums(charges, group_by, amount_scaled) }}) as summed
    ) as raised
    window in_order as (partition by {{ group_by }} order by raised.service_start_date)
{%- endmacro %}

{# What the charges of a span come to through each; unknown after one that is. #}
{% macro span_sums(charges, group_by, amount_scaled='amount_scaled') -%}
    select
        charges.*,
        case
            when count(charges.{{ amount_scaled }}) over so_far = count(*) over so_far
                then sum(charges.{{ amount_scaled }}) over so_far
        end as span_scaled
    from {{ charges }} as charges
    window so_far as (
        partition by {{ group_by }}
        order by charges.service_start_date
        rows between unbounded preceding and current row
    )
{%- endmacro %}
