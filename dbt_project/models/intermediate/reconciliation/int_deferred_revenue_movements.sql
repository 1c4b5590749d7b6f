-- One row per legal entity, currency and accounting period without a gap: what moved deferred
-- revenue, a liability counted positive, by the period it belongs to.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}
    where account_role = 'deferred_revenue'

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

placed as (

    select
        subledger_lines.*,
        contracts.contract_id is not null as has_contract
    from subledger_lines
    left join contracts
        on
            subledger_lines.contract_id = contracts.contract_id
            and subledger_lines.legal_entity_code = contracts.legal_entity_code

),

movements as (

    select
        legal_entity_code,
        transaction_currency as currency,
        origin_period as accounting_period,
        {%- for name, entry_types in [
            ('billed', "'billing'"),
            ('credited', "'credit'"),
            ('recognized', "'recognition', 'usage_accrual'"),
        ] %}
            -coalesce(sum(should_minor) filter (where entry_type in ({{ entry_types }})), 0)
                as {{ name }}_minor,
        {%- endfor %}
        -coalesce(
            sum(should_minor) filter (
                where
                entry_type not in ('billing', 'credit', 'recognition', 'usage_accrual')
            ),
            0
        ) as other_minor,
        -coalesce(sum(should_minor) filter (where not has_contract), 0)
            as without_contract_minor,
        -sum(sealed_minor) as sealed_minor,
        -sum(posted_minor) as posted_minor,
        -coalesce(sum(unsealed_minor) filter (where delivery_status = 'held'), 0) as held_minor,
        -coalesce(
            sum(unsealed_minor) filter (where delivery_status = 'awaiting_sealing'), 0
        ) as awaiting_sealing_minor
    from placed
    group by legal_entity_code, transaction_currency, origin_period

),

spans as (

    select
        legal_entity_code,
        currency,
        min(accounting_period) as first_period,
        max(accounting_period) as last_period
    from movements
    group by legal_entity_code, currency

),

periods as (

    select
        legal_entity_code,
        currency,
        {{ month_spine(
            "cast(first_period || '-01' as date)", "cast(last_period || '-01' as date)"
        ) }} as month_start_date
    from spans

),

complete as (

    select
        periods.legal_entity_code,
        periods.currency,
        {{ accounting_period('periods.month_start_date') }} as accounting_period,
        {%- for name in [
            'billed', 'credited', 'recognized', 'other', 'without_contract', 'sealed', 'posted',
            'held', 'awaiting_sealing',
        ] %}
        cast(coalesce(movements.{{ name }}_minor, 0) as bigint) as {{ name }}_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from periods
    left join movements
        on
            periods.legal_entity_code = movements.legal_entity_code
            and periods.currency = movements.currency
            and {{ accounting_period('periods.month_start_date') }} = movements.accounting_period

)

select * from complete
