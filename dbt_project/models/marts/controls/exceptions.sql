-- One row per exception: something a person should look at, with both numbers and the next step.
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

exception_codes as (

    select * from {{ ref('exception_codes') }}

),

currencies as (

    select * from {{ ref('currencies') }}

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

final as (

    select
        concat_ws('|', unioned.code, unioned.origin, unioned.subject_type, unioned.subject_key)
            as exception_key,
        unioned.code,
        exception_codes.title,
        unioned.subject_type,
        unioned.subject_key,
        unioned.sentence,
        coalesce(unioned.owner, exception_codes.owner) as owner,
        cast(unioned.amount_minor as bigint) as amount_minor,
        {{ to_amount('unioned.amount_minor', 'currencies.minor_unit_exponent') }} as amount,
        unioned.currency,
        coalesce(unioned.next_step, exception_codes.next_step) as next_step,
        exception_codes.severity,
        unioned.opened_at,
        unioned.legal_entity_code,
        unioned.origin
    from unioned
    left join exception_codes on unioned.code = exception_codes.code
    left join currencies on unioned.currency = currencies.currency

)

select * from final
