-- One row per prepaid credit whose first day has come: a grant, or one month of a recurring one,
-- with its price, what credit memos left of it (they take back the end of what was billed by their
-- day: first what has not begun, then what ends last) and how much of it nobody is to use.
with

grants as (

    select * from {{ ref('int_prepaid_grants_judged') }} where outcome = 'applied'

),

months as (

    select
        grants.*,
        {{ month_spine(
            'grants.effective_date',
            'case when grants.is_recurring then least(grants.ends_on, grants.cutoff_date) '
            ~ 'else grants.effective_date end',
        ) }} as month_start_date
    from grants
    where grants.effective_date <= grants.cutoff_date

),

numbered as (

    select
        months.*,
        {{ months_apart('months.effective_date', 'months.month_start_date') }} + 1
            as credit_number
    from months

),

credits as (

    select
        numbered.grant_id
        || case
            when numbered.is_recurring then '|' || cast(numbered.credit_number as varchar) else ''
        end as prepaid_credit_id,
        numbered.grant_id,
        cast(numbered.credit_number as bigint) as credit_number,
        numbered.event_key,
        numbered.contract_id,
        numbered.contract_line_id,
        numbered.product_code,
        numbered.legal_entity_code,
        numbered.currency,
        numbered.credit_minor,
        numbered.price_minor,
        numbered.priority,
        numbered.pays_for,
        numbered.occurred_at,
        numbered.cutoff_date,
        {{ add_months('numbered.effective_date', 'numbered.credit_number - 1') }} as starts_on,
        case
            when numbered.is_recurring
                then least(
                    {{ add_days(
                        add_months(
                            'numbered.effective_date',
                            'numbered.credit_number - 1 + numbered.lasts_months',
                        ),
                        -1,
                    ) }},
                    numbered.ends_on
                )
            else numbered.ends_on
        end as ends_on
    from numbered

),

begun as (

    select * from credits where starts_on <= least(ends_on, cutoff_date)

),

taken_lines as (

    select * from {{ ref('int_prepaid_lines_taken_back') }}

),

stacked as (

    select
        begun.*,
        sum(begun.price_minor) over (
            partition by begun.contract_id, begun.contract_line_id
            order by
                greatest(begun.starts_on, taken_lines.last_credit_date),
                begun.ends_on, begun.starts_on, begun.prepaid_credit_id
        ) as price_to
    from begun
    inner join taken_lines
        on
            begun.contract_id = taken_lines.contract_id
            and begun.contract_line_id = taken_lines.contract_line_id
    where taken_lines.is_last

),

taken_back as (

    select
        stacked.prepaid_credit_id,
        sum(greatest(
            least(stacked.price_to, taken_lines.taken_to)
            - greatest(stacked.price_to - stacked.price_minor, taken_lines.taken_from),
            0
        )) as amount_minor
    from stacked
    inner join taken_lines
        on
            stacked.contract_id = taken_lines.contract_id
            and stacked.contract_line_id = taken_lines.contract_line_id
    group by stacked.prepaid_credit_id

),

policies as (

    select * from {{ ref('stg_reference__policies') }}
    where policy_code = 'prepaid_breakage_percent'

),

priced as (

    select
        begun.*,
        cast(begun.price_minor - coalesce(taken_back.amount_minor, 0) as bigint)
            as kept_price_minor
    from begun
    left join taken_back on begun.prepaid_credit_id = taken_back.prepaid_credit_id

),

estimated as (

    -- The newest estimate counts for all use of the credit: what it changes is caught up.
    select
        priced.*,
        least(greatest(coalesce(try_cast(policies.policy_value as bigint), 0), 0), 99)
            as breakage_percent
    from priced
    left join policies
        on
            policies.legal_entity_code in (priced.legal_entity_code, '*')
            and least(priced.ends_on, priced.cutoff_date) >= policies.valid_from
            and least(priced.ends_on, priced.cutoff_date) < policies.valid_to
    qualify row_number() over (
        partition by priced.prepaid_credit_id
        order by
            case policies.legal_entity_code when '*' then 1 else 0 end asc,
            policies.row_number asc
    ) = 1

)

select * from estimated
