-- One row per object, attribute and source whose word does not stand but differs.
with

status_claims as (

    select * from {{ ref('int_customer_status_claims') }}

),

statuses as (

    select * from {{ ref('int_customer_statuses') }}

),

claims as (

    select
        'contract' as object,
        contract_id as key,
        attribute,
        source,
        stated_value,
        is_winner,
        occurred_at,
        event_key
    from {{ ref('int_contract_claims') }}
    union all
    select
        object,
        key,
        attribute,
        source,
        stated_value,
        is_winner,
        occurred_at,
        event_key
    from {{ ref('int_statement_claims') }}

),

conflicts as (

    select
        winners.object,
        winners.key,
        winners.attribute,
        winners.source as winning_source,
        winners.stated_value as winning_value,
        others.source as other_source,
        others.stated_value as other_value
    from claims as winners
    inner join claims as others
        on
            winners.object = others.object
            and winners.key = others.key
            and winners.attribute = others.attribute
            and winners.source <> others.source
    where winners.is_winner
    qualify
        row_number() over (
            partition by winners.object, winners.key, winners.attribute, others.source
            order by others.occurred_at desc, others.event_key desc
        ) = 1
        and winners.stated_value is distinct from others.stated_value

),

status_conflicts as (

    select
        'customer' as object,
        statuses.customer_id as key,
        'status' as attribute,
        statuses.winning_source,
        statuses.status as winning_value,
        status_claims.source as other_source,
        status_claims.status as other_value
    from statuses
    inner join status_claims on statuses.customer_id = status_claims.customer_id
    where
        status_claims.source <> statuses.winning_source
        and status_claims.status is distinct from statuses.status

),

ownership_conflicts as (

    select * from status_conflicts
    union all
    select * from conflicts

)

select * from ownership_conflicts
