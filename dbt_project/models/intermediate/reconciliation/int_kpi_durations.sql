-- One row per KPI that is a time, period and legal entity: the time, and of how many measurements.
with

samples as (

    select * from {{ ref('int_kpi_samples') }}

),

period_decisions as (

    select * from {{ ref('stg_exports__period_decisions') }} where decision = 'closed'

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

weighed as (

    select
        *,
        sum(sample_weight) over (
            partition by kpi_code, accounting_period, legal_entity_code
            order by sample_value, sample_key
            rows between unbounded preceding and current row
        ) as weight_so_far,
        sum(sample_weight) over (
            partition by kpi_code, accounting_period, legal_entity_code
        ) as weight
    from samples

),

-- The smallest value that so many of a hundred do not exceed: one that was measured.
percentiles as (

    {% for percent in [50, 95] -%}
        select
            kpi_code || '_p{{ percent }}' as kpi_code,
            accounting_period,
            legal_entity_code,
            cast(null as varchar) as source,
            cast(null as bigint) as numerator,
            cast(max(weight) as bigint) as denominator,
            min(sample_value) filter (where weight_so_far * 100 >= weight * {{ percent }})
                as measured_value
        from weighed
        group by kpi_code, accounting_period, legal_entity_code
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

closings as (

    select
        'close_cycle' as kpi_code,
        period_decisions.accounting_period,
        period_decisions.legal_entity_code,
        cast(null as varchar) as source,
        cast(null as bigint) as numerator,
        cast(1 as bigint) as denominator,
        {{ minutes_between(
            midnight_at(
                add_months("cast(period_decisions.accounting_period || '-01' as date)", 1),
                'legal_entities.time_zone',
            ),
            'period_decisions.decided_at',
        ) }} as measured_value
    from period_decisions
    inner join legal_entities
        on
            period_decisions.legal_entity_code = legal_entities.legal_entity_code
            and period_decisions.erp_code = legal_entities.erp_code
    qualify row_number() over (
        partition by period_decisions.legal_entity_code, period_decisions.accounting_period
        order by period_decisions.decision_number desc
    ) = 1

),

durations as (

    select * from percentiles
    union all
    select * from closings

)

select * from durations
