-- One row per figure, legal entity and currency: charges, balances and documents of the summary.
with

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

latest_balances as (

    select * from {{ ref('int_contract_balances_latest') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

charge_figures as (

    select
        'usage' as section,
        2 as position,
        'charges' as label,
        legal_entity_code as entity,
        currency,
        count(*) as count_value,
        cast(coalesce(sum(charge_minor), 0) as bigint) as amount_minor
    from usage_charges
    group by legal_entity_code, currency

),

balance_figures as (

    {% for label, column in [
        ('recognized', 'recognized_minor'),
        ('deferred', 'deferred_revenue_minor'),
        ('unbilled', 'unbilled_receivable_minor'),
        ('receivable', 'receivable_minor'),
    ] -%}
        select
            'revenue' as section,
            {{ loop.index }} as position,
            '{{ label }}' as label,
            legal_entity_code as entity,
            currency,
            count(*) as count_value,
            cast(coalesce(sum({{ column }}), 0) as bigint) as amount_minor
        from latest_balances
        group by legal_entity_code, currency
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

document_figures as (

    {% for label, statuses in [
        ('sealed', "'posted', 'in_flight', 'pending_approval', 'rejected', 'conflict', 'held'"),
        ('posted', "'posted'"),
        ('in_flight', "'in_flight'"),
        ('pending_approval', "'pending_approval'"),
        ('rejected', "'rejected', 'conflict', 'held'"),
        ('voided', "'voided'"),
    ] -%}
        select
            'documents' as section,
            {{ loop.index }} as position,
            '{{ label }}' as label,
            legal_entity_code as entity,
            currency,
            count(*) filter (where delivery_status in ({{ statuses }})) as count_value,
            cast(
                coalesce(sum(total_minor) filter (where delivery_status in ({{ statuses }})), 0)
                as bigint
            ) as amount_minor
        from journal_entries
        group by legal_entity_code, currency
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

figures as (

    select * from charge_figures
    union all
    select * from balance_figures
    union all
    select * from document_figures

)

select * from figures
