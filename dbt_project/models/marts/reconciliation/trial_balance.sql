-- One row per ERP, legal entity, account, currency and accounting period without a gap: opening,
-- movement and closing in the subledger, in the sealed journals and in the ERP, debits positive.
with

movements as (

    select * from {{ ref('int_account_movements') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

closed as (

    select
        *,
    {%- for name in trial_balance_measures() %}
        cast(sum({{ name }}_minor) over running as bigint) as {{ name }}_closing_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from movements
    window running as (
        partition by erp_code, legal_entity_code, account_code, currency
        order by accounting_period
    )

),

final as (

    select
        concat_ws(
            '|',
            closed.erp_code,
            closed.legal_entity_code,
            closed.account_code,
            closed.currency,
            closed.accounting_period
        ) as trial_balance_key,
        closed.erp_code,
        closed.legal_entity_code,
        closed.account_code,
        closed.currency,
        closed.accounting_period,
        {%- for side in ['subledger', 'sealed', 'erp'] %}
            closed.{{ side }}_closing_minor - closed.{{ side }}_minor as {{ side }}_opening_minor,
            closed.{{ side }}_minor as {{ side }}_movement_minor,
            closed.{{ side }}_closing_minor,
            {{ to_amount('closed.' ~ side ~ '_closing_minor', 'currencies.minor_unit_exponent') }}
                as {{ side }}_closing_amount,
        {%- endfor %}
        closed.unaccounted_closing_minor as unaccounted_minor,
        closed.subledger_closing_minor - closed.unaccounted_closing_minor
        - closed.sealed_closing_minor as posted_in_other_period_minor,
        closed.undelivered_closing_minor as undelivered_minor,
        closed.functional_sealed_closing_minor,
        closed.functional_erp_closing_minor,
        closed.sealed_closing_minor - closed.undelivered_closing_minor
        - closed.erp_closing_minor as difference_minor,
        closed.functional_difference_closing_minor as functional_difference_minor,
        closed.sealed_closing_minor - closed.undelivered_closing_minor
        = closed.erp_closing_minor
        and closed.functional_difference_closing_minor = 0 as is_tied
    from closed
    left join currencies on closed.currency = currencies.currency

)

select * from final
