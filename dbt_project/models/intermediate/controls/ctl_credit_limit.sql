-- One row per credit memo or void: do the credits of an invoice line stay within it?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and split_part(subject_key, ':', 1) in ('credit', 'void')

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

excesses as (

    select
        document_type || ':' || credit_id as credit_key,
        min(invoice_id || ', line ' || invoice_line_id) as line_text,
        min(transaction_exponent) as transaction_exponent,
        max(net_all_minor) as credited_minor,
        max(line_net_minor) as invoiced_minor
    from (
        select
            *,
            sum(net_minor) over (
                partition by invoice_id, invoice_line_id
                order by credit_date, document_type, credit_id, credit_line_id
            ) as net_all_minor
        from credit_lines
    ) as accumulated
    where net_all_minor > line_net_minor or tax_to_minor > line_tax_minor
    group by document_type, credit_id

),

findings as (

    select
        {{ finding(
            control_code="'CREDIT_LIMIT'",
            is_passed='excesses.credit_key is null',
            exception_code="'CREDIT_EXCEEDS_INVOICE'",
            sentence="subject_text || ' over ' || amount_text || ': credits of invoice '"
            " || excesses.line_text || ' come to '"
            " || " ~ amount_text(
                'excesses.credited_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || ' net, invoiced were '"
            " || " ~ amount_text(
                'excesses.invoiced_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join excesses on subjects.subject_key = excesses.credit_key

)

select * from findings
