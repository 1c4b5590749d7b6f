{# The column identifies the row: no two rows share a value, and none is without one. #}
{% test is_primary_key(model, column_name) %}
with

counted as (

    select
        {{ column_name }},
        count(*) as row_count
    from {{ model }}
    group by {{ column_name }}

)

select * from counted where row_count > 1 or {{ column_name }} is null
{% endtest %}
