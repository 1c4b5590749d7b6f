-- One row per contract version, usage line whose customer is known, and run of days on which
-- service is given, or suspended; with its instants.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'usage'

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

runs as (

    select
        contract_id,
        date '0001-01-01' as run_from,
        min(suspended_from) as run_to,
        false as is_suspended
    from suspensions
    group by contract_id
    union all
    select
        contract_id,
        suspended_from as run_from,
        suspended_to as run_to,
        true as is_suspended
    from suspensions
    union all
    select
        contract_id,
        suspended_to as run_from,
        next_suspended_from as run_to,
        false as is_suspended
    from suspensions

),

usage_lines as (

    select
        contracts.customer_id,
        contract_version_lines.meter_code,
        contract_version_lines.contract_version_line_id,
        contract_version_lines.contract_version_id,
        contract_version_lines.contract_id,
        contract_version_lines.contract_line_id,
        contract_version_lines.price_id,
        case
            when runs.run_from > contract_versions.valid_from
                then {{ midnight_at('runs.run_from', 'legal_entities.time_zone') }}
            else contract_versions.valid_from_at
        end as valid_from_at,
        case
            when runs.run_to < contract_versions.valid_to
                then {{ midnight_at('runs.run_to', 'legal_entities.time_zone') }}
            else contract_versions.valid_to_at
        end as valid_to_at,
        legal_entities.time_zone,
        coalesce(runs.is_suspended, false) as is_suspended
    from contract_version_lines
    inner join contract_versions
        on contract_version_lines.contract_version_id = contract_versions.contract_version_id
    inner join contracts on contract_version_lines.contract_id = contracts.contract_id
    inner join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code
    left join runs
        on
            contract_versions.contract_id = runs.contract_id
            and contract_versions.valid_from < runs.run_to
            and contract_versions.valid_to > runs.run_from
    where contracts.customer_id is not null

)

select * from usage_lines
