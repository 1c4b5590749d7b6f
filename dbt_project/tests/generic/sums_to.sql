{# Rows of the model, added up per key, must equal one figure of a parent model. #}
{% test sums_to(model, column_name, parent, parent_column, key) %}
with

children as (

    select
        {{ key }},
        sum({{ column_name }}) as total
    from {{ model }}
    group by {{ key }}

),

compared as (

    select
        {{ key }},
        parents.{{ parent_column }} as expected,
        children.total as actual
    from {{ parent }} as parents
    full join children using ({{ key }})

)

select * from compared where expected is distinct from actual
{% endtest %}
