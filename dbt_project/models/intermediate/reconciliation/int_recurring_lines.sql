-- One row per fixed contract line and month from the contract's first to the one of the cut-off
-- date: what it costs in a month under the version in force on the last day of that month, and how
-- much of the change since the month before is a change of its price.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'fixed'

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }} where transaction_exponent is not null

),

spans as (

    select
        contracts.contract_id,
        contracts.transaction_exponent,
        contracts.cutoff_date,
        min(contract_versions.valid_from) as first_date
    from contracts
    inner join contract_versions on contracts.contract_id = contract_versions.contract_id
    where contract_versions.valid_from <= contracts.cutoff_date
    group by contracts.contract_id, contracts.transaction_exponent, contracts.cutoff_date

),

months as (

    select
        *,
        {{ month_spine('first_date', 'cutoff_date') }} as month_start_date
    from spans

),

lines as (

    select distinct
        contract_id,
        contract_line_id
    from version_lines

),

in_force as (

    select
        months.contract_id,
        lines.contract_line_id,
        months.month_start_date,
        months.transaction_exponent,
        version_lines.product_code,
        version_lines.quantity,
        version_lines.unit_price,
        version_lines.price_period,
        coalesce({{ monthly_price_minor(
            'version_lines.quantity',
            'version_lines.unit_price',
            'version_lines.price_period',
            'months.transaction_exponent',
        ) }}, 0) as mrr_minor
    from months
    inner join lines on months.contract_id = lines.contract_id
    left join contract_versions
        on
            months.contract_id = contract_versions.contract_id
            and least({{ month_end('months.month_start_date') }}, months.cutoff_date)
            >= contract_versions.valid_from
            and least({{ month_end('months.month_start_date') }}, months.cutoff_date)
            < contract_versions.valid_to
    left join version_lines
        on
            contract_versions.contract_version_id = version_lines.contract_version_id
            and lines.contract_line_id = version_lines.contract_line_id

),

followed as (

    select
        *,
        coalesce(lag(mrr_minor) over line_months, 0) as previous_mrr_minor,
        lag(product_code) over line_months as previous_product_code,
        lag(unit_price) over line_months as previous_unit_price,
        lag(price_period) over line_months as previous_price_period
    from in_force
    window line_months as (
        partition by contract_id, contract_line_id order by month_start_date
    )

),

priced as (

    select
        contract_id,
        contract_line_id,
        {{ accounting_period('month_start_date') }} as accounting_period,
        previous_mrr_minor,
        mrr_minor,
        case
            when product_code = previous_product_code
                then mrr_minor - {{ monthly_price_minor(
                    'quantity', 'previous_unit_price', 'previous_price_period',
                    'transaction_exponent',
                ) }}
            else 0
        end as price_minor
    from followed

)

select * from priced
