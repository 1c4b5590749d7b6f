{# Every row satisfies a condition; a condition that is null is not satisfied. #}
{% test satisfies(model, condition) %}
select * from {{ model }} where ({{ condition }}) is not true
{% endtest %}
