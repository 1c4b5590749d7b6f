-- One row per line and accounting period of a concession or of a void after the contract's end: the
-- part that takes revenue back. Service given before is conceded at once, the rest day by day.
with

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'concession'

),

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'credit'

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

voided_lines as (

    select * from {{ ref('int_voided_lines_split') }} where is_conceded and earned_minor > 0

),

spans as (

    select
        credit_lines.credit_id,
        credit_lines.credit_line_id,
        credit_lines.credit_date,
        credit_lines.net_minor,
        credit_lines.functional_net_minor,
        documents.cutoff_date,
        credit_lines.service_start_date,
        {{ days_between(
            'credit_lines.service_start_date', add_days('credit_lines.service_end_date', 1)
        ) }} as total_days,
        least(
            credit_lines.service_end_date,
            coalesce(contracts.service_end_date, credit_lines.service_end_date)
        ) as last_service_date,
        case
            when contracts.cancellation_policy = 'immediate_no_refund'
                then contracts.cancellation_date
        end as forfeited_date
    from credit_lines
    inner join documents on credit_lines.credit_id = documents.document_id
    left join contracts on credit_lines.contract_id = contracts.contract_id

),

months as (

    select
        *,
        {{ month_spine(
            'credit_date',
            'least(cutoff_date, greatest(coalesce(forfeited_date, credit_date), '
            ~ 'coalesce(last_service_date, credit_date), credit_date))',
        ) }} as month_start_date
    from spans

),

reached as (

    select
        *,
        least({{ month_end('month_start_date') }}, cutoff_date) as through_date
    from months

),

progressed as (

    select
        *,
        case
            when
                total_days is null
                or total_days <= 0
                or forfeited_date <= through_date
                or credit_date > last_service_date
                then net_minor
            else {{ share_of(
                'net_minor',
                'greatest(' ~ days_between(
                    'service_start_date', add_days('least(through_date, last_service_date)', 1)
                ) ~ ', 0)',
                'total_days',
            ) }}
        end as conceded_to_minor
    from reached

),

increments as (

    select
        *,
        coalesce(lag(conceded_to_minor) over (
            partition by credit_id, credit_line_id order by month_start_date
        ), 0) as conceded_from_minor
    from progressed

),

steps as (

    select
        'credit' as document_type,
        credit_id,
        credit_line_id,
        through_date as step_end_date,
        service_start_date,
        least(through_date, last_service_date) as conceded_through_date,
        total_days,
        coalesce(forfeited_date <= through_date, false)
        or coalesce(credit_date > last_service_date, false) as is_forfeited,
        conceded_from_minor,
        conceded_to_minor,
        conceded_to_minor - conceded_from_minor as amount_minor,
        {{ share_between(
            'functional_net_minor', 'conceded_from_minor', 'conceded_to_minor', 'net_minor'
        ) }} as functional_minor
    from increments
    where net_minor > 0
    union all
    select
        document_type,
        credit_id,
        credit_line_id,
        credit_date as step_end_date,
        cast(null as date) as service_start_date,
        cast(null as date) as conceded_through_date,
        cast(null as bigint) as total_days,
        true as is_forfeited,
        cast(0 as bigint) as conceded_from_minor,
        earned_minor as conceded_to_minor,
        earned_minor as amount_minor,
        functional_earned_minor as functional_minor
    from voided_lines

)

select * from steps
