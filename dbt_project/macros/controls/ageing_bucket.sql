{# How long something has been open, in the bands people read. #}
{% macro ageing_bucket(days) -%}
    case
        when {{ days }} <= 7 then '0-7 days'
        when {{ days }} <= 30 then '8-30 days'
        when {{ days }} <= 60 then '31-60 days'
        when {{ days }} <= 90 then '61-90 days'
        else 'over 90 days'
    end
{%- endmacro %}
