-- One row per write-off: if it says that service was stopped, have all contracts of its invoice
-- ended? Until they have, their revenue goes on, and what is not served yet may still be.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and split_part(subject_key, ':', 1) = 'write_off'

),

write_offs as (

    select * from {{ ref('stg_events__write_offs') }} where is_first and service_stopped

),

earned as (

    select * from {{ ref('int_invoice_lines_earned') }} where document_type = 'write_off'

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

running as (

    select
        'write_off:' || earned.document_id as running_key,
        min(invoice_lines.contract_id) as contract_id
    from earned
    inner join write_offs on earned.document_id = write_offs.write_off_id
    inner join invoice_lines
        on
            earned.invoice_id = invoice_lines.invoice_id
            and earned.invoice_line_id = invoice_lines.invoice_line_id
    where not earned.is_service_over
    group by earned.document_id

),

findings as (

    select
        {{ finding(
            control_code="'SERVICE_STOPPED'",
            is_passed='running.running_key is null',
            exception_code="'SERVICE_NOT_ENDED'",
            sentence="subject_text || ' over ' || amount_text || ' says that service was stopped,'"
            " || ' but contract ' || running.contract_id || ' still runs on its day.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join running on subjects.subject_key = running.running_key

)

select * from findings
