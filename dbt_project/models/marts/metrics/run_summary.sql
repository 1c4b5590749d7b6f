-- One row per figure of a run's closing summary, and legal entity and currency where it is money.
with

manifest as (

    select * from {{ source('raw', 'manifest') }} where entry_kind = 'landing'

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

latest_balances as (

    select * from {{ ref('int_contract_balances_latest') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }}

),

event_figures as (

    {% for label in ['landed', 'accepted', 'duplicate', 'quarantined'] -%}
    select
        'events' as section,
        {{ loop.index }} as position,
        '{{ label }}' as label,
        cast(coalesce(sum({{ label }}_count), 0) as bigint) as count_value
    from manifest
    {{ 'union all' if not loop.last }}
    {% endfor %}
    union all
    select
        'usage' as section,
        1 as position,
        'held' as label,
        cast(coalesce(sum(event_count), 0) as bigint) as count_value
    from held_usage

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
    {{ 'union all' if not loop.last }}
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
    {{ 'union all' if not loop.last }}
    {% endfor %}

),

figures as (

    select
        section,
        position,
        label,
        cast(null as varchar) as entity,
        cast(null as varchar) as currency,
        count_value,
        cast(null as bigint) as amount_minor
    from event_figures
    union all
    select * from charge_figures
    union all
    select * from balance_figures
    union all
    select * from document_figures

),

final as (

    select
        concat_ws('|', section, label, entity, currency) as figure_key,
        *
    from figures

)

select * from final
