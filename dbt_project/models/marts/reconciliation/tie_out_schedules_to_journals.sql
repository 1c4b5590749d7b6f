-- One row per contract, currency, accounting period and entry type: revenue earned by schedules
-- and usage charges against revenue sealed in journals, by the period it belongs to.
with

scheduled as (

    select * from {{ ref('int_revenue_scheduled') }}

),

journaled as (

    select * from {{ ref('int_revenue_journaled') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

contract_holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

currencies as (

    select * from {{ ref('currencies') }}

),

compared as (

    -- A concession on an invoice nobody knows has no contract, on either side.
    select
        {%- for column in ['contract_id', 'currency', 'accounting_period', 'entry_type'] %}
            coalesce(scheduled.{{ column }}, journaled.{{ column }}) as {{ column }},
        {%- endfor %}
        coalesce(contracts.legal_entity_code, journaled.legal_entity_code) as legal_entity_code,
        coalesce(scheduled.schedule_line_count, 0) as left_count,
        coalesce(journaled.line_count, 0) as right_count,
        coalesce(scheduled.earned_minor, 0) as left_minor,
        coalesce(journaled.sealed_minor, 0) as right_minor,
        coalesce(journaled.posted_minor, 0) as posted_minor,
        coalesce(journaled.awaiting_sealing_minor, 0) as awaiting_sealing_minor,
        case when journaled.currency is null then 0 else journaled.held_minor end
            as held_lines_minor,
        coalesce(journaled.hold_code, contract_holds.hold_code) as hold_code,
        currencies.minor_unit_exponent
    from scheduled
    full join journaled
        on
            scheduled.contract_id is not distinct from journaled.contract_id
            and scheduled.currency = journaled.currency
            and scheduled.accounting_period = journaled.accounting_period
            and scheduled.entry_type = journaled.entry_type
    left join contracts
        on coalesce(scheduled.contract_id, journaled.contract_id) = contracts.contract_id
    left join contract_holds
        on coalesce(scheduled.contract_id, journaled.contract_id) = contract_holds.subject_key
    left join currencies
        on coalesce(scheduled.currency, journaled.currency) = currencies.currency

),

split as (

    -- A hold explains what its lines hold. Only an amount nobody knows explains the whole rest.
    select
        *,
        coalesce(held_lines_minor, left_minor - right_minor - awaiting_sealing_minor)
            as held_minor,
        coalesce(left_minor - right_minor - awaiting_sealing_minor - held_lines_minor, 0)
            as difference_minor
    from compared

),

final as (

    select
        concat_ws('|', contract_id, currency, accounting_period, entry_type) as tie_out_key,
        contract_id,
        currency,
        accounting_period,
        entry_type,
        legal_entity_code,
        'Revenue schedules and usage charges' as left_name,
        'Revenue in sealed journals' as right_name,
        left_count,
        right_count,
        left_minor,
        right_minor,
        hold_code,
        held_minor,
        awaiting_sealing_minor,
        held_minor + awaiting_sealing_minor as explained_minor,
        difference_minor,
        posted_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "'Contract ' || coalesce(contract_id, '(unknown)') || ', ' || accounting_period",
            'earned', 'sealed in journals',
            [
                ('held_minor', 'is held'),
                ('awaiting_sealing_minor', 'goes with the next sealing'),
            ],
        ) }} || coalesce(' Held by ' || hold_code || '.', '') as sentence
    from split

)

select * from final
