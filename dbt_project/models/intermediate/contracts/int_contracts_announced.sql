-- One row per contract: the event that created it.
-- The declared owner's announcement stands; without one, the first anybody made.
with

created as (

    select * from {{ ref('int_contracts_created') }}

),

owners as (

    select * from {{ ref('stg_reference__systems_of_record') }}
    where object = 'contract' and attribute = 'terms'

),

ranked as (

    select
        created.*,
        owners.source as owner_source,
        coalesce(created.source = owners.source, true) as is_announced_by_owner
    from created
    left join owners on true
    qualify
        row_number() over (
            partition by created.contract_id
            order by
                case when created.source = owners.source then 0 else 1 end,
                created.occurred_at,
                created.event_key
        ) = 1

)

select * from ranked
