-- One row per source, subject, meter, UTC usage day and usage charge the day's events went into;
-- days after the cut-off of the legal entity are in no charge yet.
with

matched as (

    select * from {{ ref('int_usage_matched') }} where not is_ambiguous and not is_suspended

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

placed as (

    select
        matched.source,
        matched.subject,
        matched.meter_code,
        matched.usage_day,
        matched.usage_date <= contracts.cutoff_date as is_due,
        contract_version_lines.contract_id,
        usage_charges.usage_charge_id,
        matched.event_count,
        matched.quantity
    from matched
    inner join contract_version_lines
        on matched.contract_version_line_id = contract_version_lines.contract_version_line_id
    inner join contracts on contract_version_lines.contract_id = contracts.contract_id
    left join usage_charges
        on
            contract_version_lines.contract_line_id = usage_charges.contract_line_id
            and contract_version_lines.contract_version_id = usage_charges.contract_version_id
            and {{ accounting_period('matched.usage_date') }} = usage_charges.accounting_period
            and matched.usage_date between usage_charges.service_start_date
            and usage_charges.through_date

),

grouped as (

    select
        concat_ws('|', source, subject, meter_code, usage_day) as usage_key,
        source,
        subject,
        meter_code,
        usage_day,
        is_due,
        contract_id,
        usage_charge_id,
        cast(sum(event_count) as bigint) as event_count,
        cast(sum(quantity) as decimal(28, 6)) as quantity
    from placed
    group by source, subject, meter_code, usage_day, is_due, contract_id, usage_charge_id

)

select * from grouped
