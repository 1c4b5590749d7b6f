-- One row per contract version: the terms of a contract over one span of days.
-- Built from all events known, in whatever order they came.
with

terms as (

    select * from {{ ref('int_contract_terms_extended') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }} where outcome = 'applied'

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

chained as (

    -- Terms that begin after the previous ones ran out begin a term of their own.
    select
        terms.*,
        case
            when
                terms.valid_from > lag(terms.term_end_date) over (
                    partition by terms.contract_id order by terms.valid_from
                )
                then terms.valid_from
        end as new_term_start_date
    from terms

),

spans as (

    select
        chained.contract_id,
        chained.valid_from,
        least(
            {{ add_days('chained.term_end_date', 1) }},
            coalesce({{ add_days('cancellations.last_service_date', 1) }}, {{ end_of_time() }}),
            coalesce(
                lead(chained.valid_from) over (
                    partition by chained.contract_id order by chained.valid_from
                ),
                {{ end_of_time() }}
            )
        ) as valid_to,
        coalesce(
            max(chained.new_term_start_date) over (
                partition by chained.contract_id
                order by chained.valid_from
                rows between unbounded preceding and current row
            ),
            chained.first_day
        ) as term_start_date,
        chained.term_end_date,
        chained.event_key,
        chained.modification_type,
        chained.amendment_id,
        chained.quote_id,
        legal_entities.time_zone
    from chained
    left join cancellations on chained.contract_id = cancellations.contract_id
    left join legal_entities on chained.legal_entity_code = legal_entities.legal_entity_code

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
        numbered.amendment_id,
        numbered.quote_id
    from numbered

)

select * from contract_versions
