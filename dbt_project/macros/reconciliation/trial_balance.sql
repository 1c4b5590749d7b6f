{# What the trial balance adds up, period after period. #}
{% macro trial_balance_measures() -%}
    {{ return([
        'subledger', 'unaccounted', 'sealed', 'undelivered', 'erp', 'functional_sealed',
        'functional_erp', 'functional_difference',
    ]) }}
{%- endmacro %}
