-- One row per contract version: its products, its price, and what its days used up of it.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

used as (

    select
        contract_versions.contract_version_id,
        contract_version_lines.product_code,
        contract_version_lines.version_price_minor,
        {{ prorate(
            'contract_version_lines.version_price_minor',
            days_between('contract_versions.valid_from', 'contract_versions.valid_to'),
            days_between(
                'contract_versions.valid_from', add_days('contract_versions.term_end_date', 1)
            ),
        ) }} as used_price_minor
    from contract_versions
    inner join contract_version_lines
        on contract_versions.contract_version_id = contract_version_lines.contract_version_id

),

totals as (

    select
        used.contract_version_id,
        {{ comma_list('used.product_code') }} as product_codes,
        cast(sum(used.version_price_minor) as bigint) as version_price_minor,
        cast(sum(used.version_price_minor - used.used_price_minor) as bigint)
            as unused_price_minor
    from used
    group by used.contract_version_id

)

select * from totals
