{# The columns every control has in common: which control, about what, passed or not, and when not,
   the code and the sentence a person reads. #}
{% macro finding(control_code, is_passed, exception_code, sentence, amount_minor, currency) %}
    {{ control_code }} as control_code,
    subject_type,
    subject_key,
    legal_entity_code,
    ({{ is_passed }}) as is_passed,
    case when not ({{ is_passed }}) then {{ exception_code }} end as exception_code,
    case when not ({{ is_passed }}) then {{ sentence }} end as sentence,
    cast({{ amount_minor }} as bigint) as amount_minor,
    {{ currency }} as currency
{% endmacro %}
