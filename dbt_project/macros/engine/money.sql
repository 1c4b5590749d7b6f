{# Decimal text in major units to integer minor units, exactly. Null when the currency is unknown
   or the text has more decimals than the currency: a control holds what is null. #}
{% macro to_minor(amount_text, minor_unit_exponent) -%}
    case
        when
            {{ scaled_amount(amount_text) }}
            % {{ power_of_ten('12 - (' ~ minor_unit_exponent ~ ')') }} = 0
            then cast(
                {{ scaled_amount(amount_text) }}
                // {{ power_of_ten('12 - (' ~ minor_unit_exponent ~ ')') }}
                as bigint
            )
    end
{%- endmacro %}

{# An amount of up to 12 decimals as an integer count of 10^-12 units. #}
{% macro scaled_amount(amount) -%}
    cast(cast({{ amount }} as decimal(38, 12)) * cast(1000000000000 as decimal(13, 0)) as hugeint)
{%- endmacro %}

{# A decimal of any size as an integer count of its last decimals: whole units first, because all of
   it in decimals has more digits than a decimal holds. #}
{% macro scaled_wide(amount, decimals) -%}
    (
        {{ wide('floor(' ~ amount ~ ')') }} * {{ power_of_ten(decimals) }}
        + {{ wide(
            'cast((' ~ amount ~ ') - floor(' ~ amount ~ ') as decimal(19, 12)) * '
            ~ power_of_ten(decimals)
        ) }}
    )
{%- endmacro %}

{# A count of millionths as a quantity with six decimals, as wide as decimals are. #}
{% macro quantity_from_counts(counts) -%}
    cast(
        cast({{ counts }} as decimal(38, 0)) * cast('0.000001' as decimal(6, 6)) as decimal(38, 6)
    )
{%- endmacro %}

{# A quantity of up to 6 decimals as an integer count of millionths. A sum of usage has more
   digits than one event, so the quantity is read as wide as sums are. #}
{% macro scaled_quantity(quantity) -%}
    cast(cast({{ quantity }} as decimal(28, 6)) * cast(1000000 as decimal(7, 0)) as hugeint)
{%- endmacro %}

{# A unit price of up to 12 decimals as an integer count of 10^-12 units. #}
{% macro scaled_price(unit_price) -%}
    cast(cast({{ unit_price }} as decimal(20, 12)) * cast(1000000000000 as decimal(13, 0)) as hugeint)
{%- endmacro %}

{# A count of 10^-18 units as an amount with 12 decimals, rounded half away from zero: for
   reading; money is rounded from the exact count. #}
{% macro amount_from_scaled(amount_scaled) -%}
    {{ amount_from_counts(div_half_up_wide(amount_scaled, '1000000')) }}
{%- endmacro %}

{# A count of 10^-12 units as an amount with 12 decimals. #}
{% macro amount_from_counts(counts) -%}
    cast(
        cast({{ counts }} as decimal(38, 0)) * cast('0.000000000001' as decimal(12, 12))
        as decimal(38, 12)
    )
{%- endmacro %}

{# A count of 10^-18 units as an amount with all its 18 decimals. #}
{% macro exact_amount(amount_scaled) -%}
    cast(
        cast({{ amount_scaled }} as decimal(38, 0))
        * cast('0.000000000000000001' as decimal(18, 18))
        as decimal(38, 18)
    )
{%- endmacro %}

{# And back: whole units first, because amount x 10^18 has more digits than a decimal holds. #}
{% macro scaled_exact_amount(amount) -%}
    (
        {{ whole_as_scaled('floor(' ~ amount ~ ')') }}
        + cast(
            cast({{ amount }} - floor({{ amount }}) as decimal(19, 18))
            * cast(1000000000000000000 as decimal(19, 0)) as hugeint
        )
    )
{%- endmacro %}

{# A count of 10^-18 as a quantity with six decimals; unknown when it needs more. #}
{% macro quantity_from_scaled(quantity_scaled) -%}
    case
        when ({{ quantity_scaled }}) % {{ power_of_ten('12') }} = 0
            then cast(
                cast(({{ quantity_scaled }}) // {{ power_of_ten('12') }} as decimal(28, 0))
                * cast('0.000001' as decimal(7, 6)) as decimal(28, 6)
            )
    end
{%- endmacro %}
