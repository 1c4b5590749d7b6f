-- One row per contract line, contract version and day of the legal entity.
with

matched as (

    select * from {{ ref('int_usage_matched') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

daily_usage as (

    select
        contract_version_lines.contract_id,
        contract_version_lines.contract_version_id,
        contract_version_lines.contract_line_id,
        contract_version_lines.meter_code,
        contract_version_lines.price_id,
        matched.usage_date,
        cast(sum(matched.quantity) as decimal(28, 6)) as quantity,
        cast(sum(matched.event_count) as bigint) as event_count
    from matched
    inner join contract_version_lines
        on matched.contract_version_line_id = contract_version_lines.contract_version_line_id
    where not matched.is_ambiguous and not matched.is_suspended
    group by
        contract_version_lines.contract_id,
        contract_version_lines.contract_version_id,
        contract_version_lines.contract_line_id,
        contract_version_lines.meter_code,
        contract_version_lines.price_id,
        matched.usage_date

)

select * from daily_usage
