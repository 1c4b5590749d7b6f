-- One row per account role touched by one invoice line, credit line, payment, recognition step or
-- adjustment line, with the legal entity's book, the period it belongs to, its effective date and
-- the day whose mapping gives its account.
with

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

entries as (

    {% for entries in [
        'int_invoice_entries', 'int_invoice_tax_entries', 'int_credit_entries',
        'int_concession_entries', 'int_payment_entries', 'int_dispute_entries',
        'int_write_off_entries', 'int_recognition_entries',
    ] -%}
        select
            *,
            effect_date as mapped_date
        from {{ ref(entries) }}
        union all
    {% endfor %}
    select * from {{ ref('int_adjustment_entries') }}

),

described as (

    select
        entries.*,
        legal_entities.book,
        legal_entities.erp_code,
        legal_entities.functional_currency,
        {{ accounting_period('entries.effect_date') }} as origin_period,
        {{ month_end('entries.mapped_date') }} as mapping_date,
        case
            when entries.entry_type in ('recognition', 'usage_accrual')
                then {{ month_end('entries.effect_date') }}
            else entries.effect_date
        end as effective_date
    from entries
    left join legal_entities on entries.legal_entity_code = legal_entities.legal_entity_code
    where
        entries.amount_minor is distinct from 0
        or entries.functional_amount_minor is distinct from 0

)

select * from described
