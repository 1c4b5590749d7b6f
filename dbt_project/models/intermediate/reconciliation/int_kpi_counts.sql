-- One row per KPI that counts, period, legal entity and source: how many of how many.
with

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

documents_posted as (

    select * from {{ ref('int_documents_posted') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }} where attempt_count > 0

),

manifest as (

    select * from {{ source('raw', 'manifest') }} where entry_kind = 'landing'

),

spells as (

    select * from {{ ref('int_exception_spells') }} where closed_at is not null

),

-- A fixed line has a schedule when its contract line has one, a usage line when its month is rated,
-- a prepaid line when it was granted.
schedules as (

    select distinct
        contract_id,
        contract_line_id,
        'fixed' as line_kind,
        cast(null as varchar) as accounting_period
    from {{ ref('revenue_schedule_lines') }}
    union all
    select distinct
        contract_id,
        contract_line_id,
        'usage' as line_kind,
        accounting_period
    from usage_charges
    union all
    select distinct
        contract_id,
        contract_line_id,
        'prepaid' as line_kind,
        cast(null as varchar) as accounting_period
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied'

),

lines as (

    select
        {{ accounting_period('documents_posted.document_date') }} as accounting_period,
        documents_posted.legal_entity_code,
        schedules.contract_id is not null as is_scheduled
    from invoice_lines
    inner join documents_posted on invoice_lines.event_key = documents_posted.event_key
    left join schedules
        on
            invoice_lines.contract_id = schedules.contract_id
            and invoice_lines.contract_line_id = schedules.contract_line_id
            and invoice_lines.line_kind = schedules.line_kind
            and (
                schedules.line_kind in ('fixed', 'prepaid')
                or schedules.accounting_period = {{ accounting_period(
                    'coalesce(invoice_lines.service_start_date, documents_posted.document_date)'
                ) }}
            )

),

facts as (

    select
        'invoice_lines_scheduled' as kpi_code,
        accounting_period,
        legal_entity_code,
        cast(null as varchar) as source,
        case when is_scheduled then 1 else 0 end as numerator,
        1 as denominator
    from lines
    {% for kpi_code, condition in [
        ('posting_first_pass', "delivery_status = 'posted' and attempt_count = 1"),
        ('posting_final', "delivery_status = 'posted'"),
    ] %}
        union all
        select
            '{{ kpi_code }}' as kpi_code,
            accounting_period,
            legal_entity_code,
            cast(null as varchar) as source,
            case when {{ condition }} then 1 else 0 end as numerator,
            1 as denominator
        from journal_entries
    {% endfor %}
    union all
    select
        'duplicate_rate' as kpi_code,
        {{ accounting_period('known_at') }} as accounting_period,
        cast(null as varchar) as legal_entity_code,
        source,
        duplicate_count as numerator,
        landed_count as denominator
    from manifest
    {% for kpi_code, resolution in [
        ('resolved_without_rework', 'self_healed'), ('manual_touches', 'by_hand')
    ] %}
        union all
        select
            '{{ kpi_code }}' as kpi_code,
            {{ accounting_period('closed_at') }} as accounting_period,
            legal_entity_code,
            cast(null as varchar) as source,
            case when resolution = '{{ resolution }}' then 1 else 0 end as numerator,
            1 as denominator
        from spells
    {% endfor %}
    union all
    select
        kpi_code,
        accounting_period,
        legal_entity_code,
        source,
        case when is_good then 1 else 0 end as numerator,
        1 as denominator
    from {{ ref('int_kpi_judgements') }}

),

final as (

    select
        kpi_code,
        accounting_period,
        legal_entity_code,
        source,
        cast(sum(numerator) as bigint) as numerator,
        cast(sum(denominator) as bigint) as denominator
    from facts
    group by kpi_code, accounting_period, legal_entity_code, source

)

select * from final
