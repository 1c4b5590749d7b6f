-- One row per contract version and contract line.
-- The price of a line is exact until it is rounded, once, to minor units.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

version_days as (

    select * from {{ ref('int_contract_version_days') }}

),

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

announced_lines as (

    select * from {{ ref('int_contract_lines_announced') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

terms as (

    select
        contract_versions.contract_version_id,
        contract_versions.contract_id,
        contract_versions.event_key,
        currencies.minor_unit_exponent,
        contract_versions.term_start_date,
        version_days.price_end_date,
        version_days.version_days,
        version_days.term_days,
        {{ full_months_between(
            'contract_versions.term_start_date', add_days('version_days.price_end_date', 1)
        ) }} as full_months
    from contract_versions
    inner join version_days
        on contract_versions.contract_version_id = version_days.contract_version_id
    inner join contracts on contract_versions.contract_id = contracts.contract_id
    left join currencies on contracts.currency = currencies.currency

),

stubs as (

    -- What is left after the full months is a part of the month it begins in.
    select
        terms.*,
        {{ add_months('terms.term_start_date', 'terms.full_months') }} as stub_start_date
    from terms

),

priced as (

    select
        announced_lines.*,
        stubs.contract_version_id,
        stubs.full_months,
        {{ days_between('stubs.stub_start_date', add_days('stubs.price_end_date', 1)) }}
            as stub_days,
        {{ days_in_month('stubs.stub_start_date') }} as stub_month_days,
        stubs.version_days,
        stubs.term_days,
        case
            when announced_lines.line_kind = 'usage' then 0
            else {{ term_price_minor(
                quantity='coalesce(announced_lines.quantity, 1)',
                unit_price='announced_lines.unit_price',
                price_period='announced_lines.price_period',
                full_months='stubs.full_months',
                stub_days=days_between('stubs.stub_start_date', add_days('stubs.price_end_date', 1)),
                days_in_stub_month=days_in_month('stubs.stub_start_date'),
                minor_unit_exponent='stubs.minor_unit_exponent',
            ) }}
        end as term_price_minor
    from stubs
    inner join announced_lines on stubs.event_key = announced_lines.event_key

),

contract_version_lines as (

    select
        priced.contract_version_id || ':' || priced.contract_line_id
            as contract_version_line_id,
        priced.contract_version_id,
        priced.contract_id,
        priced.contract_line_id,
        priced.source_product_code,
        priced.product_code,
        priced.is_product_known,
        priced.line_kind,
        priced.quantity,
        priced.unit_price,
        priced.price_period,
        priced.meter_code,
        priced.price_id,
        cast(priced.full_months as bigint) as full_months,
        cast(priced.stub_days as bigint) as stub_days,
        cast(priced.stub_month_days as bigint) as stub_month_days,
        cast(priced.version_days as bigint) as version_days,
        cast(priced.term_days as bigint) as term_days,
        priced.term_price_minor,
        {{ prorate('priced.term_price_minor', 'priced.version_days', 'priced.term_days') }}
            as version_price_minor
    from priced

)

select * from contract_version_lines
