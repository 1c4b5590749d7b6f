-- One row per contract version: the terms of a contract over one span of days.
-- Built from all events known, in whatever order they came.
with

contracts as (

    select * from {{ ref('int_contracts_announced') }}

),

amendments as (

    select * from {{ ref('int_contract_amendments_judged') }} where outcome = 'applied'

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }} where outcome = 'applied'

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

starts as (

    select
        amendments.contract_id,
        amendments.starts_on as valid_from,
        amendments.term_end_date,
        amendments.event_key,
        amendments.amendment_type as modification_type,
        amendments.amendment_id
    from amendments
    union all
    select
        contracts.contract_id,
        contracts.term_start_date as valid_from,
        contracts.term_end_date,
        contracts.event_key,
        'new' as modification_type,
        null as amendment_id
    from contracts
    left join amendments
        on
            contracts.contract_id = amendments.contract_id
            and contracts.term_start_date = amendments.starts_on
    where amendments.contract_id is null

),

terms as (

    -- Terms that begin after the previous ones ran out begin a term of their own.
    select
        starts.*,
        case
            when
                starts.valid_from > lag(starts.term_end_date) over (
                    partition by starts.contract_id order by starts.valid_from
                )
                then starts.valid_from
        end as new_term_start_date
    from starts

),

spans as (

    select
        terms.contract_id,
        terms.valid_from,
        least(
            {{ add_days('terms.term_end_date', 1) }},
            coalesce({{ add_days('cancellations.last_service_date', 1) }}, {{ end_of_time() }}),
            coalesce(
                lead(terms.valid_from) over (
                    partition by terms.contract_id order by terms.valid_from
                ),
                {{ end_of_time() }}
            )
        ) as valid_to,
        coalesce(
            max(terms.new_term_start_date) over (
                partition by terms.contract_id
                order by terms.valid_from
                rows between unbounded preceding and current row
            ),
            contracts.term_start_date
        ) as term_start_date,
        terms.term_end_date,
        terms.event_key,
        terms.modification_type,
        terms.amendment_id,
        legal_entities.time_zone
    from terms
    inner join contracts on terms.contract_id = contracts.contract_id
    left join cancellations on terms.contract_id = cancellations.contract_id
    left join legal_entities on contracts.legal_entity_code = legal_entities.legal_entity_code

),

numbered as (

    select
        spans.*,
        row_number() over (
            partition by spans.contract_id order by spans.valid_from
        ) as version_number
    from spans
    where spans.valid_from < spans.valid_to

),

contract_versions as (

    select
        numbered.contract_id || '-v' || numbered.version_number as contract_version_id,
        numbered.contract_id,
        cast(numbered.version_number as integer) as version_number,
        numbered.valid_from,
        numbered.valid_to,
        numbered.term_start_date,
        numbered.term_end_date,
        {{ midnight_at('numbered.valid_from', 'numbered.time_zone') }} as valid_from_at,
        {{ midnight_at('numbered.valid_to', 'numbered.time_zone') }} as valid_to_at,
        numbered.event_key,
        numbered.modification_type,
        numbered.amendment_id
    from numbered

)

select * from contract_versions
