-- One row per invoice: with it, is each contract line billed no more than its terms cost through
-- the last day of service billed? What is above has no terms behind it.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'invoice:%'

),

priced as (

    select * from {{ ref('int_lines_billed_priced') }}

),

grown as (

    -- What an earlier invoice was too much is that one's; only more than that is this one's.
    select
        *,
        over_minor - coalesce(max(case when over_minor > 0 then ahead_minor end) over (
            partition by contract_id, contract_line_id
            order by invoice_date, invoice_id
            rows between unbounded preceding and 1 preceding
        ), 0) as grown_minor
    from priced

),

excesses as (

    select
        *,
        sum(grown_minor + billed_line_count) over (partition by invoice_id) as excess_minor
    from grown
    where grown_minor > 0
    qualify row_number() over (
        partition by invoice_id order by grown_minor desc, contract_id asc, contract_line_id asc
    ) = 1

),

findings as (

    select
        {{ finding(
            control_code="'BILLED_PRICE'",
            is_passed='excesses.invoice_id is null',
            exception_code="'CUMULATIVE_BILLING_OVER_PRICE'",
            sentence="subject_text || ' over ' || amount_text || ': with it line '"
            " || excesses.contract_line_id || ' of contract ' || excesses.contract_id"
            " || ' is billed ' || " ~ amount_text(
                'excesses.billed_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || ' through ' || excesses.billed_through_date || '; its terms cost '"
            " || " ~ amount_text(
                'excesses.price_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || '.'",
            amount_minor='coalesce(excesses.excess_minor, amount_minor)',
            currency='currency',
        ) }}
    from subjects
    left join excesses on subjects.subject_key = 'invoice:' || excesses.invoice_id

)

select * from findings
