-- One row per contract: does every version that began since quotes are known name one of them?
-- A company that sends no quotes is not asked.
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

quotes as (

    select * from {{ ref('quotes') }}

),

first_quote as (

    select min(occurred_at) as quotes_since from {{ ref('stg_events__quotes') }}

),

events as (

    select * from {{ source('raw', 'events') }}

),

orphans as (

    select
        contract_versions.contract_id,
        count(*) as version_count,
        min(
            contract_versions.contract_version_id
            || coalesce(' names quote ' || contract_versions.quote_id, ' names no quote')
            || case
                when contract_versions.quote_id is null then ''
                when quotes.quote_id is null then ', which nobody sent'
                else ', which was accepted for contract ' || quotes.contract_id
            end
        ) as first_text
    from contract_versions
    inner join events on contract_versions.event_key = events.event_key
    inner join first_quote on events.occurred_at >= first_quote.quotes_since
    left join quotes on contract_versions.quote_id = quotes.quote_id
    where quotes.contract_id is distinct from contract_versions.contract_id
    group by contract_versions.contract_id

),

findings as (

    select
        {{ finding(
            control_code="'QUOTE_KNOWN'",
            is_passed='orphans.contract_id is null',
            exception_code="'ORPHAN_QUOTE'",
            sentence="subject_text || ' over ' || amount_text || ': '"
            " || cast(orphans.version_count as varchar) || ' of its versions have no accepted quote,"
            " the first: ' || orphans.first_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join orphans on subjects.subject_key = orphans.contract_id

)

select * from findings
