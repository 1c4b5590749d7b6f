-- One row per legal entity, currency, as-of period and recognition period: what was revenue by the
-- end of the as-of period, and what its plan still had to come. What names no contract that is
-- known is nobody's revenue: its documents are held.
with

plans as (

    select * from {{ ref('int_revenue_plans') }}

),

scheduled as (

    select * from {{ ref('int_revenue_scheduled') }}

),

journaled as (

    select * from {{ ref('int_revenue_journaled') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

earned as (

    -- A credit memo without its invoice is of no contract: it is held, and counts once it has one.
    select
        contracts.legal_entity_code,
        coalesce(scheduled.currency, journaled.currency) as currency,
        coalesce(scheduled.accounting_period, journaled.accounting_period) as accounting_period,
        coalesce(scheduled.earned_minor, 0) as earned_minor,
        coalesce(journaled.sealed_minor, 0) as sealed_minor
    from scheduled
    full join journaled
        on
            scheduled.contract_id is not distinct from journaled.contract_id
            and scheduled.currency = journaled.currency
            and scheduled.accounting_period = journaled.accounting_period
            and scheduled.entry_type = journaled.entry_type
    inner join contracts
        on coalesce(scheduled.contract_id, journaled.contract_id) = contracts.contract_id

),

months as (

    select
        legal_entity_code,
        currency,
        accounting_period
    from earned
    where earned_minor <> 0 or sealed_minor <> 0
    union
    select
        legal_entity_code,
        currency,
        as_of_period as accounting_period
    from plans

),

facts as (

    select
        legal_entity_code,
        currency,
        as_of_period,
        recognition_period,
        0 as earned_minor,
        0 as sealed_minor,
        scheduled_minor
    from plans
    union all
    select
        months.legal_entity_code,
        months.currency,
        months.accounting_period as as_of_period,
        earned.accounting_period as recognition_period,
        earned.earned_minor,
        earned.sealed_minor,
        0 as scheduled_minor
    from months
    inner join earned
        on
            months.legal_entity_code is not distinct from earned.legal_entity_code
            and months.currency = earned.currency
            and months.accounting_period >= earned.accounting_period
    where earned.earned_minor <> 0 or earned.sealed_minor <> 0

),

summed as (

    select
        legal_entity_code,
        currency,
        as_of_period,
        recognition_period,
        cast(sum(sealed_minor) as bigint) as actual_minor,
        cast(sum(earned_minor - sealed_minor) as bigint) as pending_minor,
        cast(sum(scheduled_minor) as bigint) as scheduled_minor,
        cast(sum(earned_minor + scheduled_minor) as bigint) as total_minor
    from facts
    group by legal_entity_code, currency, as_of_period, recognition_period

),

final as (

    select
        concat_ws(
            '|', summed.legal_entity_code, summed.currency, summed.as_of_period,
            summed.recognition_period
        ) as waterfall_key,
        summed.*,
        {{ to_amount('summed.total_minor', 'currencies.minor_unit_exponent') }} as total_amount
    from summed
    left join currencies on summed.currency = currencies.currency

)

select * from final
