{# Half-open spans of one owner are not empty and leave no instant in two of them. #}
{% test spans_do_not_overlap(model, owner, span_from, span_to, tie_breaker) %}
with

ordered as (

    select
        {{ owner }},
        {{ span_from }} as span_from,
        {{ span_to }} as span_to,
        lead({{ span_from }}) over (
            partition by {{ owner }} order by {{ span_from }}, {{ tie_breaker }}
        ) as next_span_from
    from {{ model }}

)

select * from ordered where span_from >= span_to or next_span_from < span_to
{% endtest %}
