-- One row per contract, month and kind of movement: how its monthly recurring revenue changed, with
-- the amendments that changed it.
with

recurring as (

    select * from {{ ref('int_recurring_contracts') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_modifications as (

    select * from {{ ref('contract_modifications') }}
    where amendment_type = 'cancellation' and outcome = 'applied'

),

movements as (

    {% for name in recurring_movements() -%}
        select
            contract_id,
            accounting_period,
            '{{ name }}' as movement_type,
            {{ name }}_minor as movement_minor
        from recurring
        where {{ name }}_minor <> 0
        {{ 'union all' if not loop.last }}
    {% endfor %}

),

causes as (

    select
        contract_id,
        {{ accounting_period('valid_from') }} as accounting_period,
        amendment_id,
        event_key
    from contract_versions
    union all
    select
        contract_id,
        {{ accounting_period('effective_date') }} as accounting_period,
        amendment_id,
        event_key
    from contract_modifications

),

sources as (

    select
        contract_id,
        accounting_period,
        {{ comma_list('amendment_id') }} as amendment_ids,
        {{ comma_list('event_key') }} as source_event_keys
    from causes
    group by contract_id, accounting_period

),

currencies as (

    select * from {{ ref('currencies') }}

),

final as (

    select
        concat_ws(
            '|', movements.contract_id, movements.accounting_period, movements.movement_type
        ) as movement_key,
        movements.contract_id,
        contracts.customer_id,
        contracts.legal_entity_code,
        contracts.currency,
        movements.accounting_period,
        movements.movement_type,
        cast(movements.movement_minor as bigint) as movement_minor,
        {{ to_amount('movements.movement_minor', 'currencies.minor_unit_exponent') }}
            as movement_amount,
        sources.amendment_ids,
        sources.source_event_keys,
        contracts.correlation_id
    from movements
    inner join contracts on movements.contract_id = contracts.contract_id
    left join sources
        on
            movements.contract_id = sources.contract_id
            and movements.accounting_period = sources.accounting_period
    left join currencies on contracts.currency = currencies.currency

)

select * from final
