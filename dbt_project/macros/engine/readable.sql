{# A count the way people read it, such as 117,507. #}
{% macro count_text(count_value) -%}
    format('{:,}', cast({{ count_value }} as bigint))
{%- endmacro %}

{# A quantity the way people read it: without the zeros that only fill its decimals. #}
{% macro quantity_text(quantity) -%}
    rtrim(rtrim(cast({{ quantity }} as varchar), '0'), '.')
{%- endmacro %}

{# Minor units as a decimal in major units, exact: no division is involved. #}
{% macro to_amount(amount_minor, minor_unit_exponent) -%}
    cast(
        cast({{ amount_minor }} as decimal(24, 0))
        * case {{ minor_unit_exponent }}
            when 0 then cast('1.0000' as decimal(5, 4))
            when 2 then cast('0.0100' as decimal(5, 4))
            when 3 then cast('0.0010' as decimal(5, 4))
            when 4 then cast('0.0001' as decimal(5, 4))
        end as decimal(28, 4)
    )
{%- endmacro %}

{# The value of one column on the row where another is smallest; null values never win. #}
{% macro value_at_smallest(value, position) -%}
    min_by({{ value }}, {{ position }})
{%- endmacro %}
