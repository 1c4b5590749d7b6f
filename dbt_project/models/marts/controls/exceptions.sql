-- One row per exception: something a person should look at, with both numbers and the next step.
with

keyed as (

    select * from {{ ref('int_exceptions_unioned') }}

),

exception_codes as (

    select * from {{ ref('exception_codes') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

exception_owners as (

    select * from {{ ref('stg_reference__exception_owners') }}

),

observations as (

    select * from {{ ref('stg_exports__exception_observations') }}
    where is_last and state <> 'healed'

),

acceptances as (

    select * from {{ ref('stg_events__exception_acceptances') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

routed as (

    select
        keyed.*,
        exception_owners.owner as routed_owner
    from keyed
    left join exception_owners
        on
            (keyed.code = exception_owners.code or exception_owners.code = '*')
            and (
                keyed.legal_entity_code = exception_owners.legal_entity_code
                or exception_owners.legal_entity_code = '*'
            )
    qualify row_number() over (
        partition by keyed.exception_key
        order by
            case when exception_owners.code = '*' then 1 else 0 end,
            case when exception_owners.legal_entity_code = '*' then 1 else 0 end,
            exception_owners.row_number
    ) = 1

),

-- Who accepted it the last time it was open did not accept that it came back.
aged as (

    select
        routed.*,
        acceptances.accepted_by,
        acceptances.reason as acceptance_reason,
        coalesce(observations.as_of, parameters.as_of) as first_seen_at,
        {{ days_between(
            'cast(coalesce(observations.as_of, parameters.as_of) as date)',
            'cast(parameters.as_of as date)',
        ) }} as age_days
    from routed
    cross join parameters
    left join observations on routed.exception_key = observations.exception_key
    left join acceptances
        on
            routed.exception_key = acceptances.exception_key
            and coalesce(observations.as_of, parameters.as_of) <= acceptances.known_at
    qualify row_number() over (
        partition by routed.exception_key
        order by acceptances.known_at, acceptances.occurred_at, acceptances.event_key
    ) = 1

),

final as (

    select
        aged.exception_key,
        aged.code,
        exception_codes.title,
        aged.subject_type,
        aged.subject_key,
        aged.sentence,
        coalesce(aged.routed_owner, aged.owner, exception_codes.owner) as owner,
        cast(aged.amount_minor as bigint) as amount_minor,
        {{ to_amount('aged.amount_minor', 'currencies.minor_unit_exponent') }} as amount,
        aged.currency,
        coalesce(aged.next_step, exception_codes.next_step) as next_step,
        exception_codes.severity,
        aged.opened_at,
        aged.first_seen_at,
        cast(aged.age_days as bigint) as age_days,
        {{ ageing_bucket('aged.age_days') }} as ageing_bucket,
        cast(exception_codes.sla_days as bigint) as sla_days,
        aged.accepted_by is null and aged.age_days > exception_codes.sla_days as is_late,
        case when aged.accepted_by is null then 'open' else 'accepted' end as status,
        aged.accepted_by,
        aged.acceptance_reason,
        aged.legal_entity_code,
        aged.origin
    from aged
    left join exception_codes on aged.code = exception_codes.code
    left join currencies on aged.currency = currencies.currency

)

select * from final
