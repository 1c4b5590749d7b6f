-- One row per contract version: the days of service that prices are spread over. Days on which
-- service is suspended are no days of service, and no part of what a term is priced for.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

suspensions as (

    select * from {{ ref('int_contract_suspensions') }}

),

suspended as (

    select
        contract_versions.contract_version_id,
        sum({{ suspended_days_between(
            'suspensions',
            'contract_versions.term_start_date',
            add_days('contract_versions.term_end_date', 1),
        ) }}) as term_days,
        sum({{ suspended_days_between(
            'suspensions',
            'contract_versions.valid_from',
            add_days('contract_versions.term_end_date', 1),
        ) }}) as version_days,
        sum({{ suspended_days_between(
            'suspensions', 'contract_versions.valid_from', 'contract_versions.valid_to'
        ) }}) as served_days
    from contract_versions
    inner join suspensions on contract_versions.contract_id = suspensions.contract_id
    group by contract_versions.contract_version_id

),

counted as (

    select
        contract_versions.contract_version_id,
        {{ add_days('contract_versions.term_end_date', '-coalesce(suspended.term_days, 0)') }}
            as price_end_date,
        {{ days_between(
            'contract_versions.term_start_date', add_days('contract_versions.term_end_date', 1)
        ) }} - coalesce(suspended.term_days, 0) as term_days,
        {{ days_between(
            'contract_versions.valid_from', add_days('contract_versions.term_end_date', 1)
        ) }} - coalesce(suspended.version_days, 0) as version_days,
        {{ days_between('contract_versions.valid_from', 'contract_versions.valid_to') }}
        - coalesce(suspended.served_days, 0) as served_days
    from contract_versions
    left join suspended
        on contract_versions.contract_version_id = suspended.contract_version_id

)

select
    contract_version_id,
    price_end_date,
    cast(term_days as bigint) as term_days,
    cast(version_days as bigint) as version_days,
    cast(served_days as bigint) as served_days
from counted
