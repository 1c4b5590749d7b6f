-- One row per contract version: its products, its price, and what its days used up of it.
with

version_days as (

    select * from {{ ref('int_contract_version_days') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

used as (

    select
        version_days.contract_version_id,
        contract_version_lines.product_code,
        case contract_version_lines.line_kind when 'fixed' then 'subscription' else 'usage' end
            as revenue_class,
        row_number() over (
            partition by version_days.contract_version_id
            order by
                contract_version_lines.line_kind asc,
                contract_version_lines.version_price_minor desc,
                contract_version_lines.contract_line_id asc
        ) as weight_order,
        contract_version_lines.version_price_minor,
        {{ prorate(
            'contract_version_lines.version_price_minor',
            'version_days.served_days',
            'version_days.version_days',
        ) }} as used_price_minor
    from version_days
    inner join contract_version_lines
        on version_days.contract_version_id = contract_version_lines.contract_version_id

),

totals as (

    select
        used.contract_version_id,
        {{ comma_list('used.product_code') }} as product_codes,
        min(used.product_code) filter (where used.weight_order = 1) as plan_id,
        {{ comma_list('used.revenue_class') }} as revenue_classification,
        cast(sum(used.version_price_minor) as bigint) as version_price_minor,
        cast(sum(used.version_price_minor - used.used_price_minor) as bigint)
            as unused_price_minor
    from used
    group by used.contract_version_id

)

select * from totals
