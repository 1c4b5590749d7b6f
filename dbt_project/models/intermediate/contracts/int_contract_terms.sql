-- One row per contract and day on which terms of it begin.
-- Terms that an amendment replaces on their very first day never held.
with

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

amendments as (

    select * from {{ ref('int_contract_amendments_judged') }} where outcome = 'applied'

),

begun as (

    select
        amendments.contract_id,
        amendments.starts_on as valid_from,
        amendments.term_end_date,
        amendments.occurred_at,
        amendments.event_key,
        amendments.amendment_type as modification_type,
        amendments.amendment_id,
        amendments.quote_id
    from amendments
    union all
    select
        contracts.contract_id,
        contracts.term_start_date as valid_from,
        contracts.term_end_date,
        contracts.occurred_at,
        contracts.event_key,
        case when contracts.renewal_id is null then 'new' else 'renewal' end
            as modification_type,
        contracts.renewal_id as amendment_id,
        contracts.quote_id
    from contracts
    left join amendments
        on
            contracts.contract_id = amendments.contract_id
            and contracts.term_start_date = amendments.starts_on
    where amendments.contract_id is null

),

terms as (

    select
        begun.*,
        contracts.legal_entity_code,
        contracts.term_start_date as first_day
    from begun
    inner join contracts on begun.contract_id = contracts.contract_id

)

select * from terms
