-- One row per fixed line of a contract version whose product has a standalone selling price on the
-- version's first day: that price for the rest of the term, prorated like the price itself.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

version_days as (

    select * from {{ ref('int_contract_version_days') }}

),

version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'fixed'

),

contracts as (

    select * from {{ ref('contracts') }}

),

ssps as (

    select * from {{ ref('stg_reference__ssps') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

terms as (

    select
        version_lines.contract_version_line_id,
        version_lines.quantity,
        ssps.ssp_amount,
        'year' as price_period,
        currencies.minor_unit_exponent,
        contract_versions.term_start_date,
        version_days.price_end_date,
        version_days.version_days,
        version_days.term_days,
        {{ full_months_between(
            'contract_versions.term_start_date', add_days('version_days.price_end_date', 1)
        ) }} as full_months
    from version_lines
    inner join contract_versions
        on version_lines.contract_version_id = contract_versions.contract_version_id
    inner join version_days
        on version_lines.contract_version_id = version_days.contract_version_id
    inner join contracts on version_lines.contract_id = contracts.contract_id
    inner join currencies on contracts.currency = currencies.currency
    inner join ssps
        on
            version_lines.product_code = ssps.product_code
            and contracts.currency = ssps.currency
            and contract_versions.valid_from >= ssps.valid_from
            and contract_versions.valid_from < ssps.valid_to

),

stubs as (

    select
        *,
        {{ add_months('term_start_date', 'full_months') }} as stub_start_date
    from terms

),

priced as (

    select
        *,
        {{ term_price_minor(
            quantity='coalesce(quantity, 1)',
            unit_price='ssp_amount',
            price_period='price_period',
            full_months='full_months',
            stub_days=days_between('stub_start_date', add_days('price_end_date', 1)),
            days_in_stub_month=days_in_month('stub_start_date'),
            minor_unit_exponent='minor_unit_exponent',
        ) }} as term_ssp_minor
    from stubs

),

prorated as (

    select
        contract_version_line_id,
        ssp_amount,
        term_ssp_minor,
        {{ prorate('term_ssp_minor', 'version_days', 'term_days') }} as ssp_minor
    from priced

)

select * from prorated
