-- One row per control and subject: passed or not, and when not, what a person needs to know.
with

findings as (

    select * from {{ ref('int_control_findings') }}
    union all
    select * from {{ ref('ctl_document_invoice_free') }}

),

exception_codes as (

    select * from {{ ref('exception_codes') }}

),

results as (

    select
        findings.control_code,
        findings.subject_type,
        findings.subject_key,
        findings.legal_entity_code,
        findings.is_passed,
        findings.exception_code,
        findings.sentence,
        exception_codes.owner,
        findings.amount_minor,
        findings.currency,
        exception_codes.next_step
    from findings
    left join exception_codes on findings.exception_code = exception_codes.code

)

select * from results
