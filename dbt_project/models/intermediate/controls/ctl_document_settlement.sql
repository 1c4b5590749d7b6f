-- One row per refund, payment taken back, write-off or void: was there as much as it takes?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where
        subject_type = 'document'
        and split_part(subject_key, ':', 1) in ('refund', 'payment_failure', 'write_off', 'void')

),

positions as (

    select * from {{ ref('int_settlement_positions') }}

),

documents as (

    select * from {{ ref('int_documents') }}

),

reversals as (

    select
        *,
        sum(total_minor) over (
            partition by payment_id order by document_date, document_id
        ) as reversed_minor
    from documents
    where document_type = 'payment_failure'

),

limits as (

    select
        document_type || ':' || document_id as limited_key,
        transaction_exponent,
        least(-amount_minor, greatest(position_to - amount_minor - total_minor, 0))
            as possible_minor,
        -amount_minor as wanted_minor
    from positions
    where document_type = 'refund'
    union all
    select
        'write_off:' || document_id as limited_key,
        transaction_exponent,
        receivable_minor as possible_minor,
        amount_minor as wanted_minor
    from positions
    where document_type = 'write_off'
    union all
    select
        'void:' || voids.document_id as limited_key,
        voids.transaction_exponent,
        voids.total_minor - sum(write_offs.total_minor) as possible_minor,
        voids.total_minor as wanted_minor
    from documents as voids
    inner join documents as write_offs
        on
            voids.invoice_id = write_offs.invoice_id
            and write_offs.document_type = 'write_off'
            and voids.document_date > write_offs.document_date
    where voids.document_type = 'void'
    group by voids.document_id, voids.transaction_exponent, voids.total_minor
    union all
    select
        'payment_failure:' || reversals.document_id as limited_key,
        reversals.transaction_exponent,
        payments.total_minor - (reversals.reversed_minor - reversals.total_minor)
            as possible_minor,
        reversals.total_minor as wanted_minor
    from reversals
    inner join documents as payments
        on reversals.payment_id = payments.document_id and payments.document_type = 'payment'

),

findings as (

    select
        {{ finding(
            control_code="'SETTLEMENT_LIMIT'",
            is_passed='coalesce(limits.wanted_minor <= limits.possible_minor, true)',
            exception_code="case when subject_key like 'refund:%' then 'REFUND_EXCEEDS_OWED'"
            " when subject_key like 'write_off:%' then 'WRITE_OFF_EXCEEDS_RECEIVABLE'"
            " when subject_key like 'void:%' then 'VOID_AFTER_WRITE_OFF'"
            " else 'REVERSAL_EXCEEDS_PAYMENT' end",
            sentence="subject_text || ' over ' || amount_text || case"
            " when subject_key like 'refund:%' then ': the customer is owed '"
            " when subject_key like 'write_off:%' then ': of the invoice are open '"
            " when subject_key like 'void:%' then ': write-offs left of the invoice '"
            " else ': of its payment there are ' end"
            " || " ~ amount_text(
                'greatest(limits.possible_minor, 0)', 'limits.transaction_exponent', 'currency'
            ) ~ " || case when subject_key not like 'payment_failure:%' then ' on its day.'"
            " else ' left to take back.' end",
            amount_minor='coalesce(limits.wanted_minor - greatest(limits.possible_minor, 0), 0)',
            currency='currency',
        ) }}
    from subjects
    left join limits on subjects.subject_key = limits.limited_key

)

select * from findings
