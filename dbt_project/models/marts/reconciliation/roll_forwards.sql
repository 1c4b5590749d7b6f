-- One row per account role, legal entity, currency and accounting period: a balance from opening to
-- closing, in the sign people read it, tied to the contracts' balances and to the ledger.
with

movements as (

    select * from {{ ref('int_balance_movements') }}

),

contract_balances as (

    select * from {{ ref('contract_balances') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

balances as (

    -- Contracts keep these two balances by the lines; receivables are tied to billing's documents.
    {%- for role in ['deferred_revenue', 'unbilled_receivable'] %}
        select
            '{{ role }}' as account_role,
            legal_entity_code,
            currency,
            accounting_period,
            cast(sum({{ role }}_minor) as bigint) as balance_minor
        from contract_balances
        group by legal_entity_code, currency, accounting_period
        {{ 'union all' if not loop.last }}
    {%- endfor %}

),

rolled as (

    select
        *,
        {%- for name in [
            'adjusted', 'without_contract', 'sealed', 'posted', 'held', 'awaiting_sealing',
            'ledger',
        ] %}
            cast(sum({{ name }}_minor) over running as bigint) as {{ name }}_balance_minor,
        {%- endfor %}
        cast(sum(movement_minor) over running as bigint) as closing_minor
    from movements
    window running as (
        partition by account_role, legal_entity_code, currency order by accounting_period
    )

),

compared as (

    select
        rolled.*,
        currencies.minor_unit_exponent,
        case
            when rolled.account_role in ('deferred_revenue', 'unbilled_receivable')
                then coalesce(balances.balance_minor, 0)
        end as subledger_closing_minor,
        rolled.closing_minor - rolled.adjusted_balance_minor
        - rolled.without_contract_balance_minor as of_contracts_minor,
        rolled.closing_minor - rolled.sealed_balance_minor as unaccounted_minor
    from rolled
    left join balances
        on
            rolled.account_role = balances.account_role
            and rolled.legal_entity_code = balances.legal_entity_code
            and rolled.currency = balances.currency
            and rolled.accounting_period = balances.accounting_period
    left join currencies on rolled.currency = currencies.currency

),

final as (

    select
        concat_ws('|', account_role, legal_entity_code, currency, accounting_period)
            as roll_forward_key,
        account_role,
        legal_entity_code,
        currency,
        accounting_period,
        closing_minor - movement_minor as opening_minor,
        {%- for name in roll_forward_movements() %}
            {{ name }}_minor,
        {%- endfor %}
        closing_minor,
        {{ to_amount('closing_minor', 'minor_unit_exponent') }} as closing_amount,
        subledger_closing_minor,
        adjusted_balance_minor,
        without_contract_balance_minor as without_contract_minor,
        sealed_balance_minor,
        posted_balance_minor,
        held_balance_minor as held_difference_minor,
        awaiting_sealing_balance_minor as awaiting_sealing_minor,
        unaccounted_minor,
        sealed_balance_minor - ledger_balance_minor as posted_in_other_period_minor,
        ledger_balance_minor,
        coalesce(of_contracts_minor - subledger_closing_minor, 0) as subledger_difference_minor,
        unaccounted_minor - held_balance_minor - awaiting_sealing_balance_minor
            as ledger_difference_minor,
        coalesce(of_contracts_minor - subledger_closing_minor, 0) = 0
        and unaccounted_minor = held_balance_minor + awaiting_sealing_balance_minor as is_tied
    from compared

)

select * from final
