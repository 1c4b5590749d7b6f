-- One row per reversal that does not count: of what is not known, is later, or is undone already.
with

adjustments as (

    select * from {{ ref('adjustments') }}
    where refusal_code is not null and refusal_code <> 'DUPLICATE_DOCUMENT'

),

currencies as (

    select
        currency as known_currency,
        minor_unit_exponent
    from {{ ref('currencies') }}

),

described as (

    select
        'claim' as subject_type,
        adjustments.adjustment_key as subject_key,
        adjustments.document_type || ' ' || adjustments.document_id as document_text,
        adjustments.document_type,
        adjustments.adjustment_id,
        adjustments.refusal_code,
        adjustments.legal_entity_code,
        adjustments.currency,
        adjustments.effective_date,
        adjustments.adjustment_date,
        adjustments.total_minor,
        case
            when currencies.minor_unit_exponent is not null
                then ' over ' || {{ amount_text(
                    'adjustments.total_minor', 'currencies.minor_unit_exponent',
                    'adjustments.currency'
                ) }}
        end as over_text
    from adjustments
    left join currencies on adjustments.currency = currencies.known_currency

),

findings as (

    select
        {{ finding(
            control_code="'ADJUSTMENT_STATEMENT'",
            is_passed='false',
            exception_code='refusal_code',
            sentence="case refusal_code"
            " when 'ADJUSTMENT_UNKNOWN' then 'The ' || document_text || ' undoes adjustment '"
            " || adjustment_id || ', which is not known.'"
            " when 'REVERSAL_BEFORE_ADJUSTMENT' then 'The ' || document_text || ' of '"
            " || cast(effective_date as varchar) || ' is dated before adjustment '"
            " || adjustment_id || coalesce(over_text, '') || ' of '"
            " || cast(adjustment_date as varchar) || '.'"
            " else 'The ' || document_text || ' undoes adjustment ' || adjustment_id"
            " || coalesce(over_text, '') || ' a second time; the first reversal stands.' end",
            amount_minor='coalesce(total_minor, 0)',
            currency='currency',
        ) }}
    from described

)

select * from findings
