-- One row per document: is every amount known to the minor unit and of the document's sign, and do
-- stated functional amounts not contradict it?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'document'

),

amounts as (

    select
        'invoice:' || invoice_id as document_key,
        net_minor,
        tax_minor,
        false as is_contradictory
    from {{ ref('int_invoice_lines_valued') }}
    union all
    select
        document_type || ':' || credit_id as document_key,
        net_minor,
        tax_minor,
        false as is_contradictory
    from {{ ref('int_credit_lines_valued') }}
    union all
    select
        document_type || ':' || document_id as document_key,
        total_minor as net_minor,
        0 as tax_minor,
        false as is_contradictory
    from {{ ref('int_documents') }}
    where
        document_type not in (
            'invoice', 'credit', 'void', 'dispute_won', 'dispute_lost', 'adjustment', 'reversal'
        )
    union all
    select
        'adjustment:' || adjustment_id as document_key,
        amount_minor as net_minor,
        case when is_functional_stated then functional_amount_minor else 0 end as tax_minor,
        (
            is_functional_stated
            and currency = functional_currency
            and amount_minor <> functional_amount_minor
        ) as is_contradictory
    from {{ ref('int_adjustment_lines_valued') }}

),

judged as (

    select
        document_key,
        count(*) filter (where net_minor is null or tax_minor is null) as unknown_count,
        count(*) filter (where net_minor < 0 or tax_minor < 0) as negative_count,
        count(*) filter (where is_contradictory) as contradiction_count
    from amounts
    group by document_key

),

findings as (

    select
        {{ finding(
            control_code="'DOCUMENT_AMOUNTS'",
            is_passed='coalesce(is_currency_known and unknown_count = 0 and negative_count = 0 '
            ~ 'and contradiction_count = 0, is_currency_known)',
            exception_code="case when not is_currency_known then 'CURRENCY_UNKNOWN'"
            " when unknown_count > 0 then 'AMOUNT_PRECISION'"
            " when negative_count > 0 then 'AMOUNT_SIGN_FLIP'"
            " else 'FUNCTIONAL_AMOUNT_MISMATCH' end",
            sentence="subject_text || case"
            " when not is_currency_known then ' is in the unknown currency '''"
            " || coalesce(currency, '') || '''.'"
            " when unknown_count > 0 then ' over ' || amount_text || ' has '"
            " || cast(unknown_count as varchar) || ' amounts with too many decimals.'"
            " when negative_count > 0 then ' over ' || amount_text || ' has '"
            " || cast(negative_count as varchar) || ' negative amounts.'"
            " else ' over ' || amount_text || ' has ' || cast(contradiction_count as varchar)"
            " || ' functional amounts that differ, though ' || currency"
            " || ' is the functional currency.' end",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join judged on subjects.subject_key = judged.document_key

)

select * from findings
