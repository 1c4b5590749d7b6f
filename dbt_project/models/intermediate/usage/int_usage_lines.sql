-- One row per contract version and usage line whose customer is known, with its instants.
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

usage_lines as (

    select
        contracts.customer_id,
        contract_version_lines.meter_code,
        contract_version_lines.contract_version_line_id,
        contract_version_lines.contract_version_id,
        contract_version_lines.contract_id,
        contract_version_lines.contract_line_id,
        contract_version_lines.price_id,
        contract_versions.valid_from_at,
        contract_versions.valid_to_at,
        legal_entities.time_zone
    from contract_version_lines
    inner join contract_versions
        on contract_version_lines.contract_version_id = contract_versions.contract_version_id
    inner join contracts on contract_version_lines.contract_id = contracts.contract_id
    inner join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code
    where contracts.customer_id is not null

)

select * from usage_lines
