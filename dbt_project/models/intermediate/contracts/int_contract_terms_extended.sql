-- One row per contract and day on which terms of it begin, with the day they end. A suspension
-- moves the end of terms announced before it was over; later ones state their end with it.
with

terms as (

    select * from {{ ref('int_contract_terms') }}

),

suspensions as (

    select
        *,
        {{ days_between('suspended_from', 'suspended_to') }} as suspended_days
    from {{ ref('int_contract_suspensions') }}

),

chained as (

    -- The term each row belongs to, by what the events state.
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

stated as (

    select
        chained.*,
        coalesce(
            max(chained.new_term_start_date) over (
                partition by chained.contract_id
                order by chained.valid_from
                rows between unbounded preceding and current row
            ),
            chained.first_day
        ) as stated_term_start_date
    from chained

),

suspended as (

    select
        stated.event_key,
        stated.term_end_date,
        suspensions.suspended_from,
        suspensions.suspended_days,
        coalesce(sum(suspensions.suspended_days) over (
            partition by stated.event_key
            order by suspensions.suspended_from
            rows between unbounded preceding and 1 preceding
        ), 0) as days_before
    from stated
    inner join suspensions
        on
            stated.contract_id = suspensions.contract_id
            and stated.stated_term_start_date <= suspensions.suspended_from
            and stated.occurred_at < suspensions.ended_at

),

extended as (

    select
        event_key,
        sum(suspended_days) as extended_days
    from suspended
    where suspended_from <= {{ add_days('term_end_date', 'days_before') }}
    group by event_key

),

moved as (

    select
        stated.contract_id,
        stated.valid_from,
        {{ add_days('stated.term_end_date', 'coalesce(extended.extended_days, 0)') }}
            as term_end_date,
        stated.event_key,
        stated.modification_type,
        stated.amendment_id,
        stated.quote_id,
        stated.legal_entity_code,
        stated.first_day
    from stated
    left join extended on stated.event_key = extended.event_key

)

select * from moved
