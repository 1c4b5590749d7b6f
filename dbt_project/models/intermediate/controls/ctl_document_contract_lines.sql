-- One row per document: does every invoice line bill a line of its contract, for what that line
-- sells? Every set of terms ever announced counts, so an amendment is never a mismatch.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'invoice:%'

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }} where is_product_known

),

contracts as (

    select contract_id from {{ ref('contracts') }}

),

contract_lines as (

    select
        event_key,
        contract_id,
        contract_line_id,
        product_code,
        line_kind
    from {{ ref('int_contract_lines_announced') }}
    union all
    select
        event_key,
        contract_id,
        contract_line_id,
        product_code,
        'prepaid' as line_kind
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied'

),

judged as (

    select
        invoice_lines.invoice_id,
        invoice_lines.invoice_line_id,
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        invoice_lines.product_code,
        invoice_lines.line_kind,
        count(contract_lines.event_key) as announced_count,
        count(contract_lines.event_key) filter (
            where
            contract_lines.product_code = invoice_lines.product_code
            and contract_lines.line_kind = invoice_lines.line_kind
        ) as matching_count
    from invoice_lines
    inner join contracts on invoice_lines.contract_id = contracts.contract_id
    left join contract_lines
        on
            invoice_lines.contract_id = contract_lines.contract_id
            and invoice_lines.contract_line_id = contract_lines.contract_line_id
    group by
        invoice_lines.invoice_id,
        invoice_lines.invoice_line_id,
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        invoice_lines.product_code,
        invoice_lines.line_kind

),

mismatches as (

    select
        'invoice:' || invoice_id as document_key,
        min(
            'line ' || invoice_line_id || ' bills ' || product_code || ' (' || line_kind
            || ') as line ' || contract_line_id || ' of contract ' || contract_id
            || case
                when announced_count = 0 then ', which has no such line.'
                else ', which sells something else there.'
            end
        ) as mismatch_text
    from judged
    where matching_count = 0
    group by invoice_id

),

findings as (

    select
        {{ finding(
            control_code="'CONTRACT_LINES'",
            is_passed='mismatches.document_key is null',
            exception_code="'CONTRACT_LINE_MISMATCH'",
            sentence="subject_text || ' over ' || amount_text || ': ' || mismatches.mismatch_text",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join mismatches on subjects.subject_key = mismatches.document_key

)

select * from findings
