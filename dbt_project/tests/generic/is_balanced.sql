{# Signed amounts must sum to zero within each group: debits equal credits. #}
{% test is_balanced(model, column_name, group_by) %}
with

totals as (

    select
        {{ group_by }},
        sum({{ column_name }}) as imbalance
    from {{ model }}
    group by {{ group_by }}

)

select * from totals where imbalance <> 0
{% endtest %}
