-- One row per invoice: with it, is each contract line billed no more than its terms cost through
-- the last day of service billed, and prepaid credit no more than it was granted for? What is above
-- has no terms behind it.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'invoice:%'

),

credited as (

    select
        invoice_id,
        invoice_line_id,
        sum(net_minor) as net_minor
    from {{ ref('int_credit_lines_valued') }}
    where basis <> 'concession'
    group by invoice_id, invoice_line_id

),

prepaid_lines as (

    select
        lines.contract_id,
        lines.contract_line_id,
        lines.invoice_id,
        lines.invoice_date,
        min(lines.transaction_exponent) as transaction_exponent,
        max(lines.service_end_date) as service_end_date,
        sum(lines.net_minor - coalesce(credited.net_minor, 0)) as net_minor
    from {{ ref('int_invoice_lines_valued') }} as lines
    left join credited
        on
            lines.invoice_id = credited.invoice_id
            and lines.invoice_line_id = credited.invoice_line_id
    where lines.line_kind = 'prepaid'
    group by
        lines.contract_id, lines.contract_line_id, lines.invoice_id, lines.invoice_date

),

granted as (

    select
        contract_id,
        contract_line_id,
        sum(price_minor * credit_count) as price_minor
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied'
    group by contract_id, contract_line_id

),

prepaid as (

    select
        prepaid_lines.contract_id,
        prepaid_lines.contract_line_id,
        prepaid_lines.invoice_id,
        prepaid_lines.invoice_date,
        prepaid_lines.transaction_exponent,
        max(prepaid_lines.service_end_date) over so_far as billed_through_date,
        cast(sum(prepaid_lines.net_minor) over so_far as bigint) as billed_minor,
        cast(granted.price_minor as bigint) as price_minor
    from prepaid_lines
    inner join granted
        on
            prepaid_lines.contract_id = granted.contract_id
            and prepaid_lines.contract_line_id = granted.contract_line_id
    window so_far as (
        partition by prepaid_lines.contract_id, prepaid_lines.contract_line_id
        order by prepaid_lines.invoice_date, prepaid_lines.invoice_id
    )

),

priced as (

    select
        contract_id,
        contract_line_id,
        invoice_id,
        invoice_date,
        transaction_exponent,
        billed_through_date,
        billed_minor,
        billed_line_count,
        price_minor,
        ahead_minor,
        over_minor
    from {{ ref('int_lines_billed_priced') }}
    union all
    select
        prepaid.contract_id,
        prepaid.contract_line_id,
        prepaid.invoice_id,
        prepaid.invoice_date,
        prepaid.transaction_exponent,
        prepaid.billed_through_date,
        prepaid.billed_minor,
        0 as billed_line_count,
        prepaid.price_minor,
        prepaid.billed_minor - prepaid.price_minor as ahead_minor,
        prepaid.billed_minor - prepaid.price_minor as over_minor
    from prepaid

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
