-- One row per exception, as the station that found it says it.
with

from_controls as (

    select * from {{ ref('int_exceptions_from_controls') }}

),

from_ingestion as (

    select * from {{ ref('int_exceptions_from_ingestion') }}
    union all
    select * from {{ ref('int_exceptions_from_usage') }}

),

from_posting as (

    select * from {{ ref('int_exceptions_from_posting') }}
    union all
    select * from {{ ref('int_exceptions_from_late_usage') }}

),

from_tie_outs as (

    select * from {{ ref('int_exceptions_from_tie_outs') }}

),

unioned as (

    select * from from_controls
    {%- for cte, has_money, has_time in [
        ('from_ingestion', false, true), ('from_posting', true, true), ('from_tie_outs', true, false)
    ] %}
        union all
        select
            origin,
            code,
            subject_type,
            subject_key,
            sentence,
            null as owner,
            null as next_step,
            {{ 'amount_minor' if has_money else 'null' }} as amount_minor,
            {{ 'currency' if has_money else 'null' }} as currency,
            {{ 'legal_entity_code' if has_money else 'null' }} as legal_entity_code,
            {{ 'opened_at' if has_time else 'cast(null as timestamp)' }} as opened_at
        from {{ cte }}
    {%- endfor %}

),

keyed as (

    select
        concat_ws('|', code, origin, subject_type, subject_key) as exception_key,
        *
    from unioned

)

select * from keyed
