-- One row per exception and time it was open: from the run that saw it come to the one that saw it
-- gone, as runs before this one wrote down and this one adds.
with

observations as (

    select * from {{ ref('stg_exports__exception_observations') }}

),

exceptions as (

    select * from {{ ref('exceptions') }}

),

observed_runs as (

    select max(as_of) as last_as_of from {{ ref('stg_exports__observed_runs') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

worked_by_hand as (

    select * from {{ ref('int_exceptions_worked_by_hand') }}

),

numbered as (

    select
        *,
        sum(case when state = 'healed' then 0 else 1 end) over (
            partition by exception_key
            order by sequence
        ) as spell_number
    from observations

),

logged as (

    select
        exception_key,
        spell_number,
        max(as_of) filter (where state <> 'healed') as opened_at,
        max(as_of) filter (where state = 'healed') as closed_at,
        max(last_seen_at) filter (where state = 'healed') as last_seen_at,
        max(resolution) as resolution,
        max(legal_entity_code) filter (where state <> 'healed') as legal_entity_code,
        max(amount_minor) filter (where state <> 'healed') as amount_minor,
        max(currency) filter (where state <> 'healed') as currency,
        case when max(as_of) filter (where state = 'healed') is null then exception_key end
            as open_key
    from numbered
    group by exception_key, spell_number

),

joined as (

    select
        coalesce(logged.exception_key, exceptions.exception_key) as exception_key,
        row_number() over (
            partition by coalesce(logged.exception_key, exceptions.exception_key)
            order by logged.spell_number asc nulls last
        ) as spell_number,
        coalesce(logged.opened_at, parameters.as_of) as opened_at,
        case
            when exceptions.exception_key is null then coalesce(logged.closed_at, parameters.as_of)
        end as closed_at,
        case
            when exceptions.exception_key is not null then parameters.as_of
            else coalesce(logged.last_seen_at, observed_runs.last_as_of)
        end as last_seen_at,
        logged.resolution as logged_resolution,
        coalesce(exceptions.legal_entity_code, logged.legal_entity_code) as legal_entity_code,
        coalesce(exceptions.amount_minor, logged.amount_minor) as amount_minor,
        coalesce(exceptions.currency, logged.currency) as currency
    from logged
    full join exceptions on logged.open_key = exceptions.exception_key
    cross join parameters
    cross join observed_runs

),

named as (

    select
        *,
        split_part(exception_key, '|', 1) as code,
        split_part(exception_key, '|', 2) as origin,
        split_part(exception_key, '|', 3) as subject_type,
        {{ exception_subject('exception_key') }} as subject_key
    from joined

),

final as (

    select
        named.*,
        case
            when named.closed_at is null then null
            when named.logged_resolution is not null then named.logged_resolution
            when worked_by_hand.subject_key is not null then 'by_hand'
            else 'self_healed'
        end as resolution
    from named
    left join worked_by_hand
        on
            named.code = worked_by_hand.code
            and named.subject_key = worked_by_hand.subject_key
            and coalesce(worked_by_hand.decided_at, named.closed_at)
            between named.opened_at and named.closed_at
    qualify row_number() over (
        partition by named.exception_key, named.spell_number
        order by worked_by_hand.decided_at
    ) = 1

)

select * from final
