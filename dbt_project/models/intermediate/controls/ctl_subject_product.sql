-- One row per contract or invoice: are the product codes of its lines known by what their source
-- calls our products?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'contract' or subject_key like 'invoice:%'

),

versions as (

    select * from {{ ref('contract_versions') }}

),

contract_lines as (

    select * from {{ ref('int_contract_lines_announced') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

lines as (

    select
        'contract' as line_subject_type,
        versions.contract_id as line_subject_key,
        contract_lines.contract_line_id as line_id,
        contract_lines.source_product_code
    from versions
    inner join contract_lines on versions.event_key = contract_lines.event_key
    where not contract_lines.is_product_known
    union all
    select
        'document' as line_subject_type,
        'invoice:' || invoice_id as line_subject_key,
        invoice_line_id as line_id,
        source_product_code
    from invoice_lines
    where not is_product_known
    union all
    select
        'contract' as line_subject_type,
        contract_id as line_subject_key,
        contract_line_id as line_id,
        source_product_code
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied' and not is_product_known

),

unknown as (

    select
        line_subject_type,
        line_subject_key,
        count(distinct source_product_code) as code_count,
        min('line ' || line_id || ' names ' || source_product_code) as first_text
    from lines
    group by line_subject_type, line_subject_key

),

findings as (

    select
        {{ finding(
            control_code="'PRODUCT_KNOWN'",
            is_passed='unknown.line_subject_key is null',
            exception_code="'PRODUCT_UNKNOWN'",
            sentence="subject_text || ' over ' || amount_text || ' has '"
            " || cast(unknown.code_count as varchar) || ' product code'"
            " || case unknown.code_count when 1 then '' else 's' end || ' that '"
            " || 'product_references.csv does not have for ' || source || '; '"
            " || unknown.first_text || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join unknown
        on
            subjects.subject_type = unknown.line_subject_type
            and subjects.subject_key = unknown.line_subject_key

)

select * from findings
