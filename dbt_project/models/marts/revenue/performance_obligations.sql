-- One row per fixed line of a contract version, with its share of the version's price.
with

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

version_days as (

    select * from {{ ref('int_contract_version_days') }}

),

version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'fixed'

),

ssps as (

    select * from {{ ref('int_obligation_ssps') }}

),

lines as (

    select
        version_lines.contract_version_line_id as performance_obligation_id,
        version_lines.contract_version_id,
        version_lines.contract_id,
        version_lines.contract_line_id,
        version_lines.product_code,
        coalesce(ssps.ssp_minor, version_lines.version_price_minor) as ssp_minor,
        ssps.ssp_minor is not null as is_ssp_found,
        ssps.ssp_amount,
        ssps.term_ssp_minor,
        version_lines.version_price_minor,
        contract_versions.valid_from as start_date,
        contract_versions.term_end_date as end_date,
        least(
            {{ add_days('contract_versions.valid_to', -1) }}, contract_versions.term_end_date
        ) as last_service_date,
        version_days.version_days as total_days,
        version_days.served_days,
        max(contract_versions.version_number) over (
            partition by contract_versions.contract_id
        ) = contract_versions.version_number as is_last_version
    from version_lines
    inner join contract_versions
        on version_lines.contract_version_id = contract_versions.contract_version_id
    inner join version_days
        on version_lines.contract_version_id = version_days.contract_version_id
    inner join contracts on version_lines.contract_id = contracts.contract_id
    left join ssps
        on version_lines.contract_version_line_id = ssps.contract_version_line_id
    where contract_versions.term_end_date >= contract_versions.valid_from

),

pooled as (

    select
        *,
        cast(sum(version_price_minor) over version_pool as bigint) as transaction_price_minor,
        sum(ssp_minor) over version_pool as ssp_total_minor,
        sum(ssp_minor) over (partition by contract_version_id order by contract_line_id)
            as ssp_to_minor
    from lines
    window version_pool as (partition by contract_version_id)

),

allocated as (

    select
        *,
        cast(case
            when ssp_total_minor > 0
                then {{ share_between(
                    'transaction_price_minor',
                    'ssp_to_minor - ssp_minor', 'ssp_to_minor', 'ssp_total_minor',
                ) }}
            else version_price_minor
        end as bigint) as allocated_price_minor
    from pooled

),

obligations as (

    select
        performance_obligation_id,
        contract_version_id,
        contract_id,
        contract_line_id,
        product_code,
        version_price_minor,
        is_ssp_found,
        ssp_amount,
        term_ssp_minor,
        cast(ssp_minor as bigint) as ssp_minor,
        cast(ssp_to_minor - ssp_minor as bigint) as ssp_before_minor,
        cast(ssp_total_minor as bigint) as ssp_total_minor,
        transaction_price_minor,
        allocated_price_minor,
        start_date,
        end_date,
        last_service_date,
        cast(total_days as bigint) as total_days,
        cast(served_days as bigint) as served_days,
        is_last_version,
        allocated_price_minor - {{ share_of(
            'allocated_price_minor', 'greatest(served_days, 0)', 'total_days'
        ) }} as transferred_minor
    from allocated

)

select * from obligations
