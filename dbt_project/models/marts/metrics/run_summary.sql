-- One row per figure of a run's closing summary, and legal entity and currency where it is money.
with

manifest as (

    select * from {{ source('raw', 'manifest') }} where entry_kind = 'landing'

),

held_usage as (

    select * from {{ ref('held_usage') }}

),

financial_figures as (

    select * from {{ ref('int_financial_figures') }}

),

event_figures as (

    {% for label in ['landed', 'accepted', 'duplicate', 'quarantined'] -%}
        select
            'events' as section,
            {{ loop.index }} as position,
            '{{ label }}' as label,
            cast(coalesce(sum({{ label }}_count), 0) as bigint) as count_value
        from manifest
        {% if not loop.last %}union all{% endif %}
    {% endfor %}
    union all
    select
        'usage' as section,
        1 as position,
        'held' as label,
        cast(coalesce(sum(event_count), 0) as bigint) as count_value
    from held_usage

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
    select * from financial_figures

),

final as (

    select
        concat_ws('|', section, label, entity, currency) as figure_key,
        *
    from figures

)

select * from final
