{# An amount of minor units the way people read it, such as 1,200.00 USD. #}
{% macro amount_text(amount_minor, exponent, currency) -%}
    (
        case when {{ amount_minor }} < 0 then '-' else '' end
        || format('{:,}', cast(abs({{ amount_minor }}) // {{ power_of_ten(exponent) }} as bigint))
        || case
            when {{ exponent }} = 0 then ''
            else '.' || lpad(
                cast(abs({{ amount_minor }}) % {{ power_of_ten(exponent) }} as varchar),
                cast({{ exponent }} as integer),
                '0'
            )
        end
        || ' ' || {{ currency }}
    )
{%- endmacro %}
