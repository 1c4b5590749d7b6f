-- One row per usage contract line, contract version and accounting period through the cut-off, or
-- through the longest window of its price: the days on which it takes usage.
with

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'usage'

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

prices as (

    select
        price_id,
        max(window_months) as window_months
    from {{ ref('stg_reference__prices') }}
    where coalesce(commitment_amount, spend_cap_amount) is not null
    group by price_id

),

months as (

    select
        lines.contract_version_id,
        lines.contract_line_id,
        lines.contract_id,
        versions.version_number,
        lines.product_code,
        lines.meter_code,
        lines.price_id,
        contracts.legal_entity_code,
        contracts.currency,
        legal_entities.cutoff_date,
        versions.valid_from,
        {{ add_days('versions.valid_to', -1) }} as valid_through,
        {{ month_spine(
            'versions.valid_from',
            'least(' ~ add_days('versions.valid_to', -1) ~ ', ' ~ month_end(
                add_months('legal_entities.cutoff_date', 'coalesce(prices.window_months, 0)')
            ) ~ ')',
        ) }} as period_start_date
    from contract_version_lines as lines
    inner join contract_versions as versions
        on lines.contract_version_id = versions.contract_version_id
    inner join contracts on lines.contract_id = contracts.contract_id
    inner join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code
    left join prices on lines.price_id = prices.price_id

),

dated as (

    select
        months.*,
        greatest(months.valid_from, months.period_start_date) as first_date,
        least(months.valid_through, {{ month_end('months.period_start_date') }}) as last_date
    from months

),

suspended as (

    select
        dated.contract_version_id,
        dated.contract_line_id,
        dated.period_start_date,
        sum({{ days_between(
            'greatest(dated.first_date, suspensions.suspended_from)',
            'least(' ~ add_days('dated.last_date', 1) ~ ', suspensions.suspended_to)',
        ) }}) as suspended_days
    from dated
    inner join suspensions
        on
            dated.contract_id = suspensions.contract_id
            and dated.first_date < suspensions.suspended_to
            and dated.last_date >= suspensions.suspended_from
    group by dated.contract_version_id, dated.contract_line_id, dated.period_start_date

),

final as (

    select
        dated.*,
        {{ days_between('dated.first_date', add_days('dated.last_date', 1)) }}
        - coalesce(suspended.suspended_days, 0) as service_days,
        min(dated.first_date) over under_the_price as price_first_date
    from dated
    left join suspended
        on
            dated.contract_version_id = suspended.contract_version_id
            and dated.contract_line_id = suspended.contract_line_id
            and dated.period_start_date = suspended.period_start_date
    window
        under_the_price as (
            partition by dated.contract_id, dated.contract_line_id, dated.price_id
        )

)

select * from final
