-- One row per measurement whose percentiles are a KPI: what took how long, and how often it counts.
with

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }} where line_kind = 'usage'

),

documents_posted as (

    select * from {{ ref('int_documents_posted') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

journal_entries as (

    select * from {{ ref('journal_entries') }} where posted_at is not null

),

exceptions as (

    select * from {{ ref('exceptions') }} where status = 'open'

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

invoiced as (

    select
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        documents_posted.legal_entity_code,
        {{ accounting_period('coalesce(invoice_lines.service_start_date,'
            ' documents_posted.document_date)') }} as accounting_period,
        min(documents_posted.received_at) as invoiced_at
    from invoice_lines
    inner join documents_posted on invoice_lines.event_key = documents_posted.event_key
    group by 1, 2, 3, 4

),

-- Usage counts from the end of its day, and as often as it has events.
usage_samples as (

    select
        'usage_to_invoice' as kpi_code,
        invoiced.accounting_period,
        invoiced.legal_entity_code,
        concat_ws(
            '|', daily_usage.contract_version_id, daily_usage.contract_line_id,
            daily_usage.meter_code, daily_usage.usage_date
        ) as sample_key,
        {{ minutes_between(
            midnight_at(add_days('daily_usage.usage_date', 1), 'legal_entities.time_zone'),
            'invoiced.invoiced_at',
        ) }} as sample_value,
        daily_usage.event_count as sample_weight
    from daily_usage
    inner join invoiced
        on
            daily_usage.contract_id = invoiced.contract_id
            and daily_usage.contract_line_id = invoiced.contract_line_id
            and {{ accounting_period('daily_usage.usage_date') }} = invoiced.accounting_period
    inner join legal_entities on invoiced.legal_entity_code = legal_entities.legal_entity_code

),

samples as (

    select * from usage_samples
    union all
    select
        'posting_latency' as kpi_code,
        accounting_period,
        legal_entity_code,
        document_key as sample_key,
        {{ minutes_between('sealed_as_of', 'posted_at') }} as sample_value,
        1 as sample_weight
    from journal_entries
    union all
    select
        'exception_age' as kpi_code,
        {{ accounting_period('parameters.as_of') }} as accounting_period,
        exceptions.legal_entity_code,
        exceptions.exception_key as sample_key,
        exceptions.age_days as sample_value,
        1 as sample_weight
    from exceptions
    cross join parameters

)

select * from samples
