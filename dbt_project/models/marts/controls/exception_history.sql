-- One row per exception that was ever seen: when it came, when it went, and who made it go.
with

spells as (

    select * from {{ ref('int_exception_spells') }}

),

exception_codes as (

    select * from {{ ref('exception_codes') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

counted as (

    select
        spells.*,
        min(spells.opened_at) over (partition by spells.exception_key) as first_opened_at,
        count(*) over (partition by spells.exception_key) - 1 as reopened_count,
        sum(
            {{ days_between(
                'cast(spells.opened_at as date)',
                'cast(coalesce(spells.closed_at, parameters.as_of) as date)',
            ) }}
        ) over (partition by spells.exception_key) as days_open,
        row_number() over (
            partition by spells.exception_key
            order by spells.spell_number desc
        ) = 1 as is_last_spell
    from spells
    cross join parameters

),

final as (

    select
        counted.exception_key,
        counted.code,
        exception_codes.title,
        counted.origin,
        counted.subject_type,
        counted.subject_key,
        counted.legal_entity_code,
        counted.amount_minor,
        {{ to_amount('counted.amount_minor', 'currencies.minor_unit_exponent') }} as amount,
        counted.currency,
        counted.first_opened_at,
        counted.opened_at,
        counted.last_seen_at,
        counted.closed_at,
        counted.closed_at is null as is_open,
        counted.resolution,
        cast(counted.reopened_count as bigint) as reopened_count,
        cast(counted.days_open as bigint) as days_open
    from counted
    left join exception_codes on counted.code = exception_codes.code
    left join currencies on counted.currency = currencies.currency
    where counted.is_last_spell

)

select * from final
