-- One row per usage charge: contract line, contract version and accounting period.
-- Only days up to the entity's cutoff count; the price is the one valid on the first day.
with

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

monthly as (

    select
        daily_usage.contract_id,
        daily_usage.contract_version_id,
        daily_usage.contract_line_id,
        contracts.legal_entity_code,
        contracts.currency,
        legal_entities.cutoff_date,
        {{ month_start('daily_usage.usage_date') }} as period_start_date,
        cast(sum(daily_usage.quantity) as decimal(28, 6)) as quantity,
        cast(sum(daily_usage.event_count) as bigint) as event_count
    from daily_usage
    inner join contracts on daily_usage.contract_id = contracts.contract_id
    inner join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code
    where daily_usage.usage_date <= legal_entities.cutoff_date
    group by
        daily_usage.contract_id,
        daily_usage.contract_version_id,
        daily_usage.contract_line_id,
        contracts.legal_entity_code,
        contracts.currency,
        legal_entities.cutoff_date,
        {{ month_start('daily_usage.usage_date') }}

),

dated as (

    select
        monthly.contract_id
        || '|' || contract_version_lines.contract_line_id
        || '|' || contract_versions.version_number
        || '|' || {{ accounting_period('monthly.period_start_date') }} as usage_charge_id,
        monthly.contract_id,
        monthly.contract_version_id,
        monthly.contract_line_id,
        contract_version_lines.product_code,
        contract_version_lines.meter_code,
        contract_version_lines.price_id,
        monthly.legal_entity_code,
        monthly.currency,
        {{ accounting_period('monthly.period_start_date') }} as accounting_period,
        greatest(contract_versions.valid_from, monthly.period_start_date) as service_start_date,
        least(
            {{ add_days('contract_versions.valid_to', -1) }},
            {{ month_end('monthly.period_start_date') }}
        ) as service_end_date,
        monthly.cutoff_date,
        monthly.quantity,
        monthly.event_count
    from monthly
    inner join contract_versions
        on monthly.contract_version_id = contract_versions.contract_version_id
    inner join contract_version_lines
        on
            monthly.contract_version_id = contract_version_lines.contract_version_id
            and monthly.contract_line_id = contract_version_lines.contract_line_id

)

select * from dated
