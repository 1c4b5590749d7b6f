-- One row per legal entity, currency and accounting period: deferred revenue from opening to
-- closing, a liability counted positive, tied to the contracts' balances and to the ledger.
with

movements as (

    select * from {{ ref('int_deferred_revenue_movements') }}

),

contract_balances as (

    select * from {{ ref('contract_balances') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

balances as (

    select
        legal_entity_code,
        currency,
        accounting_period,
        cast(sum(deferred_revenue_minor) as bigint) as balance_minor
    from contract_balances
    group by legal_entity_code, currency, accounting_period

),

rolled as (

    select
        *,
        billed_minor + credited_minor + recognized_minor + other_minor as movement_minor,
        {%- for name in [
            'without_contract', 'sealed', 'posted', 'held', 'awaiting_sealing'
        ] %}
            cast(sum({{ name }}_minor) over (
                partition by legal_entity_code, currency
                order by accounting_period
            ) as bigint) as {{ name }}_balance_minor,
        {%- endfor %}
        cast(sum(billed_minor + credited_minor + recognized_minor + other_minor) over (
            partition by legal_entity_code, currency
            order by accounting_period
        ) as bigint) as closing_minor
    from movements

),

final as (

    select
        concat_ws('|', rolled.legal_entity_code, rolled.currency, rolled.accounting_period)
            as roll_forward_key,
        rolled.legal_entity_code,
        rolled.currency,
        rolled.accounting_period,
        rolled.closing_minor - rolled.movement_minor as opening_minor,
        rolled.billed_minor,
        rolled.credited_minor,
        rolled.recognized_minor,
        rolled.other_minor,
        rolled.closing_minor,
        {{ to_amount('rolled.closing_minor', 'currencies.minor_unit_exponent') }}
            as closing_amount,
        coalesce(balances.balance_minor, 0) as subledger_closing_minor,
        rolled.without_contract_balance_minor as without_contract_minor,
        rolled.sealed_balance_minor,
        rolled.posted_balance_minor,
        rolled.held_balance_minor as held_difference_minor,
        rolled.awaiting_sealing_balance_minor as awaiting_sealing_minor,
        rolled.closing_minor
        - coalesce(balances.balance_minor, 0)
        - rolled.without_contract_balance_minor as subledger_difference_minor,
        rolled.closing_minor
        - rolled.sealed_balance_minor
        - rolled.held_balance_minor
        - rolled.awaiting_sealing_balance_minor as ledger_difference_minor,
        rolled.closing_minor
        = coalesce(balances.balance_minor, 0) + rolled.without_contract_balance_minor
        and rolled.closing_minor
        = rolled.sealed_balance_minor
        + rolled.held_balance_minor
        + rolled.awaiting_sealing_balance_minor as is_tied
    from rolled
    left join balances
        on
            rolled.legal_entity_code = balances.legal_entity_code
            and rolled.currency = balances.currency
            and rolled.accounting_period = balances.accounting_period
    left join currencies on rolled.currency = currencies.currency

)

select * from final
