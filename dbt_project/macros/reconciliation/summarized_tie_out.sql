{# One tie-out, added up per currency: the columns every tie-out has, of which
   only tie-outs of events count what is explained. Amounts of rows that do not
   satisfy the condition are left out; their breaks are counted all the same. #}
{% macro summarized_tie_out(name, relation, counted='true') -%}
    select
        '{{ name }}' as tie_out_name,
        currency,
        min(left_name) as left_name,
        min(right_name) as right_name,
        count(*) as row_count,
        cast(sum(left_count) as bigint) as left_count,
        cast(sum(right_count) as bigint) as right_count,
        cast(null as bigint) as explained_count,
        cast(null as bigint) as difference_count,
        {%- for amount in ['left', 'right', 'explained', 'difference'] %}
        cast(coalesce(sum({{ amount }}_minor) filter (where {{ counted }}), 0) as bigint)
            as {{ amount }}_minor,
        {%- endfor %}
        count(*) filter (where not is_tied) as break_count
    from {{ relation }}
    group by currency
{%- endmacro %}
