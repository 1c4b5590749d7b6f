-- One row per event that announces an amendment; a renewal under the same number is one.
with

announced as (

    select
        event_key,
        source,
        contract_id,
        amendment_id,
        amendment_type,
        timing,
        effective_date,
        term_end_date,
        quote_id,
        occurred_at
    from {{ ref('stg_events__amendments') }}
    union all
    select
        event_key,
        source,
        contract_id,
        renewal_id as amendment_id,
        'renewal' as amendment_type,
        case stated_treatment when 'new_contract' then 'at_renewal' else 'immediate' end as timing,
        term_start_date as effective_date,
        term_end_date,
        quote_id,
        occurred_at
    from {{ ref('stg_events__renewals') }}
    where contract_id = previous_contract_id

)

select * from announced
