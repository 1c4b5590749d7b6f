-- One row per amendment event, with what became of it.
-- Order of arrival plays no part: identity, dates and the event's own time decide.
with

amendments as (

    select * from {{ ref('int_contract_amendments_announced') }}

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }} where outcome = 'applied'

),

counted as (

    select
        amendments.event_key,
        amendments.contract_id,
        amendments.source,
        amendments.amendment_id,
        amendments.amendment_type,
        amendments.timing,
        amendments.effective_date,
        amendments.term_end_date,
        amendments.quote_id,
        amendments.occurred_at,
        greatest(amendments.effective_date, contracts.term_start_date) as starts_on,
        contracts.contract_id is not null as is_contract_known,
        contracts.contract_id is not null
        and (contracts.owner_source is null or amendments.source = contracts.source)
            as is_counted,
        coalesce(amendments.effective_date > cancellations.last_service_date, false)
            as is_after_end
    from amendments
    left join contracts on amendments.contract_id = contracts.contract_id
    left join cancellations on amendments.contract_id = cancellations.contract_id

),

corrected as (

    -- The newest announcement of one amendment replaces the earlier ones.
    select
        counted.*,
        {{ any_true('counted.is_counted') }} over (
            partition by counted.contract_id, counted.amendment_id
        ) as is_confirmed,
        row_number() over (
            partition by counted.contract_id, counted.amendment_id, counted.is_counted
            order by counted.occurred_at desc, counted.event_key desc
        ) = 1 as is_newest_of_amendment
    from counted

),

excluded as (

    select
        corrected.*,
        case
            when not corrected.is_contract_known then 'contract_unknown'
            when not corrected.is_counted and corrected.is_confirmed then 'announced_elsewhere'
            when not corrected.is_counted then 'unconfirmed'
            when not corrected.is_newest_of_amendment then 'superseded'
            when corrected.term_end_date < corrected.starts_on then 'empty_term'
            when corrected.is_after_end then 'after_end'
        end as reason
    from corrected

),

judged as (

    -- On one day only one set of terms can begin: the one that took effect last wins.
    select
        excluded.event_key,
        excluded.contract_id,
        excluded.source,
        excluded.amendment_id,
        excluded.amendment_type,
        excluded.timing,
        excluded.effective_date,
        excluded.starts_on,
        excluded.term_end_date,
        excluded.occurred_at,
        excluded.quote_id,
        case
            when excluded.reason is not null then excluded.reason
            when
                row_number() over (
                    partition by
                        excluded.contract_id, excluded.starts_on, excluded.reason is null
                    order by
                        excluded.effective_date desc,
                        excluded.occurred_at desc,
                        excluded.event_key desc
                ) > 1
                then 'superseded'
            else 'applied'
        end as outcome
    from excluded

)

select * from judged
