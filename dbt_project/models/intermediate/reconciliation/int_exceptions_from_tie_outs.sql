-- One row per unexplained difference of a tie-out, as an exception.
with

usage_breaks as (

    select * from {{ ref('tie_out_usage_to_charges') }} where not is_tied

),

roll_forward_breaks as (

    select * from {{ ref('roll_forwards') }} where not is_tied

),

incomplete as (

    -- What a control holds under its own code is listed there; what will hold is listed before.
    select * from {{ ref('amendment_completeness') }}
    where exception_code in ('AMENDMENT_INCOMPLETE', 'AMENDMENT_NOT_BILLED') and not is_holding

),

unexplained_events as (

    select * from {{ ref('event_dispositions') }} where disposition = 'unexplained'

),

currencies as (

    select * from {{ ref('currencies') }}

),

breaks as (

    {% for code, subject_type, mart in [
        ('CHARGE_BILLING_BREAK', 'usage_billing', 'tie_out_charges_to_invoices'),
        ('TIE_OUT_BREAK', 'document', 'tie_out_invoices_to_subledger'),
        ('TIE_OUT_BREAK', 'contract_period', 'tie_out_schedules_to_journals'),
        ('TIE_OUT_BREAK', 'erp_balance', 'tie_out_journals_to_erp'),
        ('TIE_OUT_BREAK', 'adjustment_balance', 'tie_out_adjustments_to_erp'),
        ('TIE_OUT_BREAK', 'tax', 'tie_out_taxes'),
    ] -%}
        select
            '{{ mart }}' as origin,
            '{{ code }}' as code,
            '{{ subject_type }}' as subject_type,
            tie_out_key as subject_key,
            sentence,
            difference_minor as amount_minor,
            currency,
            legal_entity_code
        from {{ ref(mart) }}
        where not is_tied
        union all
    {% endfor %}
    select
        'tie_out_usage_to_charges' as origin,
        'TIE_OUT_BREAK' as code,
        'usage' as subject_type,
        tie_out_key as subject_key,
        sentence,
        cast(null as bigint) as amount_minor,
        cast(null as varchar) as currency,
        cast(null as varchar) as legal_entity_code
    from usage_breaks
    union all
    select
        'roll_forwards' as origin,
        'TIE_OUT_BREAK' as code,
        'roll_forward' as subject_type,
        roll_forward_breaks.roll_forward_key as subject_key,
        'Balance ' || roll_forward_breaks.account_role || ' of '
        || coalesce(roll_forward_breaks.legal_entity_code, '(unknown)') || ' at the end of '
        || roll_forward_breaks.accounting_period || ': the roll-forward closes at '
        || {{ amount_text(
            'roll_forward_breaks.closing_minor',
            'currencies.minor_unit_exponent',
            'roll_forward_breaks.currency',
        ) }}
        || coalesce(
            ', the contracts at '
            || {{ amount_text(
                'roll_forward_breaks.subledger_closing_minor',
                'currencies.minor_unit_exponent',
                'roll_forward_breaks.currency',
            ) }},
            ''
        )
        || case
            when roll_forward_breaks.adjusted_balance_minor <> 0
                then ', adjustments at ' || {{ amount_text(
                    'roll_forward_breaks.adjusted_balance_minor',
                    'currencies.minor_unit_exponent',
                    'roll_forward_breaks.currency',
                ) }}
            else ''
        end || '.' as sentence,
        roll_forward_breaks.subledger_difference_minor
        + roll_forward_breaks.ledger_difference_minor as amount_minor,
        roll_forward_breaks.currency,
        roll_forward_breaks.legal_entity_code
    from roll_forward_breaks
    left join currencies on roll_forward_breaks.currency = currencies.currency
    union all
    select
        'event_dispositions' as origin,
        'EVENT_UNEXPLAINED' as code,
        'event' as subject_type,
        disposition_key as subject_key,
        event_type || ' of ' || source || ', ' || coalesce(event_id, subject)
        || ', ended neither in the books nor in the exception queue.' as sentence,
        cast(null as bigint) as amount_minor,
        cast(null as varchar) as currency,
        cast(null as varchar) as legal_entity_code
    from unexplained_events
    union all
    select
        'amendment_completeness' as origin,
        exception_code as code,
        'amendment' as subject_type,
        amendment_field_key as subject_key,
        sentence,
        cast(null as bigint) as amount_minor,
        cast(null as varchar) as currency,
        legal_entity_code
    from incomplete

)

select * from breaks
