-- One row per ERP, legal entity, account, currency and accounting period without a gap: what moved
-- the account in the subledger, in the sealed journals and in the ERP, debits positive.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}

),

tied_out as (

    select * from {{ ref('tie_out_journals_to_erp') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

facts as (

    select
        legal_entities.erp_code,
        subledger_lines.legal_entity_code,
        coalesce(subledger_lines.account_code, 'not mapped') as account_code,
        subledger_lines.transaction_currency as currency,
        subledger_lines.origin_period as accounting_period,
        subledger_lines.should_minor as subledger_minor,
        subledger_lines.unsealed_minor as unaccounted_minor,
        0 as sealed_minor,
        0 as undelivered_minor,
        0 as erp_minor,
        0 as functional_sealed_minor,
        0 as functional_erp_minor,
        0 as functional_difference_minor
    from subledger_lines
    left join legal_entities
        on subledger_lines.legal_entity_code = legal_entities.legal_entity_code
    union all
    select
        erp_code,
        legal_entity_code,
        account_code,
        currency,
        accounting_period,
        0 as subledger_minor,
        0 as unaccounted_minor,
        left_minor as sealed_minor,
        explained_minor as undelivered_minor,
        right_minor as erp_minor,
        functional_left_minor as functional_sealed_minor,
        functional_right_minor as functional_erp_minor,
        functional_difference_minor
    from tied_out

),

spans as (

    -- A balance that rests is carried on as far as any of its legal entity and currency moves.
    select
        erp_code,
        legal_entity_code,
        account_code,
        currency,
        min(accounting_period) as first_period,
        max(max(accounting_period)) over (partition by erp_code, legal_entity_code, currency)
            as last_period
    from facts
    group by erp_code, legal_entity_code, account_code, currency

),

periods as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        currency,
        {{ month_spine(
            "cast(first_period || '-01' as date)", "cast(last_period || '-01' as date)"
        ) }} as month_start_date
    from spans

),

moved as (

    select
        periods.erp_code,
        periods.legal_entity_code,
        periods.account_code,
        periods.currency,
        {{ accounting_period('periods.month_start_date') }} as accounting_period,
    {%- for name in trial_balance_measures() %}
        cast(coalesce(sum(facts.{{ name }}_minor), 0) as bigint) as {{ name }}_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from periods
    left join facts
        on
            periods.erp_code is not distinct from facts.erp_code
            and periods.legal_entity_code is not distinct from facts.legal_entity_code
            and periods.account_code = facts.account_code
            and periods.currency = facts.currency
            and {{ accounting_period('periods.month_start_date') }} = facts.accounting_period
    group by
        periods.erp_code,
        periods.legal_entity_code,
        periods.account_code,
        periods.currency,
        periods.month_start_date

)

select * from moved
