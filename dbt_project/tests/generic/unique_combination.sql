{# No two rows share the same values in these columns; nulls count as values. #}
{% test unique_combination(model, columns) %}
with

counted as (

    select
        {{ columns | join(', ') }},
        count(*) as row_count
    from {{ model }}
    group by {{ columns | join(', ') }}

)

select * from counted where row_count > 1
{% endtest %}
