{# One tie-out, added up per currency: the columns every tie-out has. #}
{% macro summarized_tie_out(name, relation) -%}
    select
        '{{ name }}' as tie_out_name,
        currency,
        min(left_name) as left_name,
        min(right_name) as right_name,
        count(*) as row_count,
        cast(sum(left_count) as bigint) as left_count,
        cast(sum(right_count) as bigint) as right_count,
        cast(sum(left_minor) as bigint) as left_minor,
        cast(sum(right_minor) as bigint) as right_minor,
        cast(sum(explained_minor) as bigint) as explained_minor,
        cast(sum(difference_minor) as bigint) as difference_minor,
        count(*) filter (where not is_tied) as break_count
    from {{ relation }}
    group by currency
{%- endmacro %}
