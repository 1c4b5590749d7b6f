-- One row per thing that a KPI of the share of good ones judges: which KPI, where it belongs, and
-- whether it is good.
with

service_levels as (

    -- What is open and still in time is not judged yet.
    select * from {{ ref('service_levels') }} where is_breach or not is_open

),

events as (

    select * from {{ source('raw', 'events') }}

),

sources as (

    select * from {{ ref('journal_line_sources') }} where not is_voided

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

completeness as (

    select
        workflow_key,
        min(event_key) as event_key,
        min(legal_entity_code) as legal_entity_code,
        min(case when is_complete then 1 else 0 end) as is_complete
    from {{ ref('amendment_completeness') }}
    group by workflow_key

),

refused as (

    select * from {{ ref('stg_events__quarantine') }}
    where
        reason_code = 'PAYLOAD_INCOMPLETE'
        and (raw_text like '%"subscription.amended"%' or raw_text like '%"renewal.accepted"%')

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

judged as (

    select
        metric_code || '_kept' as kpi_code,
        {{ accounting_period(add_days('cast(started_at as date)', -1)) }} as accounting_period,
        legal_entity_code,
        cast(null as varchar) as source,
        not is_breach as is_good
    from service_levels
    union all
    select
        'events_correlated' as kpi_code,
        {{ accounting_period('known_at') }} as accounting_period,
        null as legal_entity_code,
        source,
        coalesce(correlation_id, '') <> '' as is_good
    from events
    union all
    select
        'lines_correlated' as kpi_code,
        accounting_period,
        legal_entity_code,
        null as source,
        coalesce(correlation_id, '') <> '' as is_good
    from sources
    union all
    select
        'ids_resolved' as kpi_code,
        {{ accounting_period('parameters.as_of') }} as accounting_period,
        null as legal_entity_code,
        customers.source,
        customers.customer_id is not null as is_good
    from customers
    cross join parameters
    union all
    select
        'payload_completeness' as kpi_code,
        {{ accounting_period('events.known_at') }} as accounting_period,
        completeness.legal_entity_code,
        null as source,
        completeness.is_complete = 1 as is_good
    from completeness
    inner join events on completeness.event_key = events.event_key
    union all
    select
        'payload_completeness' as kpi_code,
        {{ accounting_period('known_at') }} as accounting_period,
        null as legal_entity_code,
        source,
        false as is_good
    from refused

)

select * from judged
