-- One row per event that grants prepaid credit: what became of it, and the last day it pays for. A
-- grant ends with the service of its contract at the latest: after that there is nothing to use.
with

grants as (

    select * from {{ ref('stg_events__prepaid_grants') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

dated as (

    select
        grants.*,
        contracts.contract_id is not null as is_contract_known,
        contracts.currency as contract_currency,
        contracts.legal_entity_code,
        contracts.service_end_date,
        contracts.cutoff_date,
        least(coalesce(grants.expires_date, contracts.service_end_date), contracts.service_end_date)
            as ends_on
    from grants
    left join contracts on grants.contract_id = contracts.contract_id

),

judged as (

    select
        dated.*,
        case
            when not dated.is_contract_known then 'contract_unknown'
            when not dated.is_first then 'repeated'
            when dated.currency <> dated.contract_currency or dated.credit_minor is null
                then 'currency_differs'
            when dated.effective_date > dated.service_end_date then 'outside_service'
            else 'applied'
        end as outcome,
        case
            when dated.is_recurring
                then {{ full_months_between('dated.effective_date', 'dated.ends_on') }} + 1
            else 1
        end as credit_count
    from dated

)

select * from judged
