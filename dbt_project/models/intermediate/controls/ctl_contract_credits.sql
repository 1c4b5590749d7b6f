-- One row per contract: do modification credits stay within what was billed and not yet earned on
-- their day? What is above concedes service already given and must say so.
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}
    where basis = 'modification' and track_key is not null

),

invoice_lines as (

    select
        track_key,
        invoice_date,
        net_minor
    from {{ ref('int_invoice_lines_valued') }}
    union all
    select
        track_key,
        credit_date as invoice_date,
        -net_minor as net_minor
    from {{ ref('int_credit_lines_valued') }}
    where basis = 'void'

),

steps as (

    -- What was drawn of prepaid credit is earned in full, whatever credit memos leave of its price.
    select
        track_key,
        step_end_date,
        amount_minor
    from {{ ref('int_recognition_steps') }}
    where document_type is null and step_kind <> 'drawn'
    union all
    select
        {{ prepaid_track('contract_id', 'contract_line_id', 'legal_entity_code', 'currency') }}
            as track_key,
        movement_date as step_end_date,
        {{ share_between(
            'price_minor', 'used_through_minor + amount_minor', 'used_through_minor',
            'credit_minor',
        ) }} as amount_minor
    from {{ ref('prepaid_credit_movements') }}
    where movement_kind = 'drawn'

),

credit_days as (

    select
        contract_id,
        track_key,
        credit_date,
        min(credit_id) as credit_id,
        min(transaction_exponent) as transaction_exponent,
        sum(sum(net_minor)) over (
            partition by track_key order by credit_date
        ) as credited_minor
    from credit_lines
    group by contract_id, track_key, credit_date

),

billed as (

    select
        credit_days.track_key,
        credit_days.credit_date,
        sum(invoice_lines.net_minor) as billed_minor
    from credit_days
    inner join invoice_lines
        on
            credit_days.track_key = invoice_lines.track_key
            and credit_days.credit_date >= invoice_lines.invoice_date
    group by credit_days.track_key, credit_days.credit_date

),

earned as (

    select
        credit_days.track_key,
        credit_days.credit_date,
        sum(steps.amount_minor) as earned_minor
    from credit_days
    inner join steps
        on
            credit_days.track_key = steps.track_key
            and credit_days.credit_date > steps.step_end_date
    group by credit_days.track_key, credit_days.credit_date

),

compared as (

    select
        credit_days.contract_id,
        credit_days.credit_id,
        credit_days.transaction_exponent,
        credit_days.credited_minor
        - greatest(
            coalesce(billed.billed_minor, 0) - coalesce(earned.earned_minor, 0), 0
        ) as excess_minor
    from credit_days
    left join billed
        on
            credit_days.track_key = billed.track_key
            and credit_days.credit_date = billed.credit_date
    left join earned
        on
            credit_days.track_key = earned.track_key
            and credit_days.credit_date = earned.credit_date

),

excesses as (

    select
        contract_id,
        min(credit_id) as credit_id,
        min(transaction_exponent) as transaction_exponent,
        max(excess_minor) as excess_minor
    from compared
    where excess_minor > 0
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'CREDITS_UNEARNED'",
            is_passed='excesses.contract_id is null',
            exception_code="'CREDIT_EXCEEDS_UNEARNED'",
            sentence="subject_text || ' over ' || amount_text || ': credit memo '"
            " || excesses.credit_id || ' takes back '"
            " || " ~ amount_text(
                'excesses.excess_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || ' more than was billed and not yet earned on its day.'",
            amount_minor='coalesce(excesses.excess_minor, 0)',
            currency='currency',
        ) }}
    from subjects
    left join excesses on subjects.subject_key = excesses.contract_id

)

select * from findings
