-- One row per concession credit line and accounting period: what it takes back of revenue.
-- A view: it answers for single lines when an amount is explained.
{{ config(materialized='view') }}
with

steps as (

    select * from {{ ref('int_concession_steps') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

concession_steps as (

    select
        steps.document_type,
        steps.credit_id,
        steps.credit_line_id,
        {{ accounting_period('steps.step_end_date') }} as accounting_period,
        credit_lines.currency,
        steps.service_start_date,
        steps.conceded_through_date,
        cast(greatest({{ days_between(
            'steps.service_start_date', add_days('steps.conceded_through_date', 1)
        ) }}, 0) as bigint) as days_through,
        cast(steps.total_days as bigint) as total_days,
        steps.is_forfeited,
        credit_lines.net_minor,
        credit_lines.functional_net_minor,
        steps.conceded_from_minor,
        steps.conceded_to_minor,
        steps.amount_minor,
        steps.functional_minor
    from steps
    inner join credit_lines
        on
            steps.document_type = credit_lines.document_type
            and steps.credit_id = credit_lines.credit_id
            and steps.credit_line_id = credit_lines.credit_line_id

)

select * from concession_steps
