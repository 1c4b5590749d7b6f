-- One row per cancellation event, with what became of it.
-- The newest cancellation from the source that counts ends the service.
with

cancellations as (

    select * from {{ ref('stg_events__cancellations') }}

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

counted as (

    select
        cancellations.*,
        contracts.contract_id is not null as is_contract_known,
        contracts.contract_id is not null
        and (contracts.owner_source is null or cancellations.source = contracts.source)
            as is_counted
    from cancellations
    left join contracts on cancellations.contract_id = contracts.contract_id

),

ranked as (

    select
        counted.*,
        row_number() over (
            partition by counted.contract_id, counted.is_counted
            order by counted.occurred_at desc, counted.event_key desc
        ) as newest_first,
        {{ any_true('counted.is_counted') }} over (partition by counted.contract_id) as is_confirmed
    from counted

),

judged as (

    select
        ranked.event_key,
        ranked.contract_id,
        ranked.source,
        ranked.effective_date,
        ranked.cancellation_policy,
        case
            when ranked.cancellation_policy = 'at_period_end' then ranked.access_until_date
            else {{ add_days('ranked.effective_date', -1) }}
        end as last_service_date,
        case
            when not ranked.is_contract_known then 'contract_unknown'
            when not ranked.is_counted and ranked.is_confirmed then 'announced_elsewhere'
            when not ranked.is_counted then 'unconfirmed'
            when ranked.newest_first > 1 then 'superseded'
            else 'applied'
        end as outcome
    from ranked

)

select * from judged
