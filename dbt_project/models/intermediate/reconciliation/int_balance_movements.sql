-- One row per legal entity, currency, account role and accounting period without a gap: what moved
-- the balance, in the sign people read it, by the period it belongs to, and what the ledger shows
-- for the period it was posted in.
with

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}

),

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }} where not is_voided

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

lines as (

    select
        subledger_lines.*,
        contracts.contract_id is not null as has_contract
    from subledger_lines
    left join contracts
        on
            subledger_lines.contract_id = contracts.contract_id
            and subledger_lines.legal_entity_code = contracts.legal_entity_code

),

measured as (

    {% for measure, amount in [
        ("'movement'", 'should_minor'),
        (roll_forward_movement('entry_type'), 'should_minor'),
        (
            "'without_contract'",
            'case when has_contract or ' ~ roll_forward_movement('entry_type')
            ~ " = 'adjusted' then 0 else should_minor end",
        ),
        ("'sealed'", 'sealed_minor'),
        ("'posted'", 'posted_minor'),
        ('delivery_status', 'unsealed_minor'),
    ] -%}
        select
            legal_entity_code,
            transaction_currency as currency,
            account_role,
            origin_period as accounting_period,
            {{ measure }} as measure,
            {{ amount }} as amount_minor
        from lines
        union all
    {% endfor %}
    select
        legal_entity_code,
        transaction_currency as currency,
        account_role,
        accounting_period,
        'ledger' as measure,
        amount_minor
    from journal_line_sources

),

spans as (

    -- A balance that rests is carried on as far as any of its legal entity and currency moves.
    select
        legal_entity_code,
        currency,
        account_role,
        min(accounting_period) as first_period,
        max(max(accounting_period)) over (partition by legal_entity_code, currency)
            as last_period
    from measured
    group by legal_entity_code, currency, account_role

),

periods as (

    select
        legal_entity_code,
        currency,
        account_role,
        {{ month_spine(
            "cast(first_period || '-01' as date)", "cast(last_period || '-01' as date)"
        ) }} as month_start_date
    from spans

),

complete as (

    select
        periods.legal_entity_code,
        periods.currency,
        periods.account_role,
        {{ accounting_period('periods.month_start_date') }} as accounting_period,
        {%- for name in roll_forward_movements() + [
            'movement', 'without_contract', 'sealed', 'posted', 'held', 'awaiting_sealing',
            'ledger',
        ] %}
        cast(coalesce(sum(
            measured.amount_minor
            * case when {{ is_credit_role('periods.account_role') }} then -1 else 1 end
            ) filter (where measured.measure = '{{ name }}'), 0) as bigint) as {{ name }}_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from periods
    left join measured
        on
            periods.legal_entity_code is not distinct from measured.legal_entity_code
            and periods.currency = measured.currency
            and periods.account_role = measured.account_role
            and {{ accounting_period('periods.month_start_date') }} = measured.accounting_period
    group by
        periods.legal_entity_code,
        periods.currency,
        periods.account_role,
        periods.month_start_date

)

select * from complete
