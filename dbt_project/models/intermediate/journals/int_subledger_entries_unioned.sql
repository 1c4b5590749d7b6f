-- One row per account role touched by one invoice line, credit line, payment or recognition step,
-- with the legal entity's book, the period it belongs to and its effective date.
with

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

entries as (

    select * from {{ ref('int_invoice_entries') }}
    union all
    select * from {{ ref('int_invoice_tax_entries') }}
    union all
    select * from {{ ref('int_credit_entries') }}
    union all
    select * from {{ ref('int_concession_entries') }}
    union all
    select * from {{ ref('int_payment_entries') }}
    union all
    select * from {{ ref('int_write_off_entries') }}
    union all
    select * from {{ ref('int_recognition_entries') }}

),

described as (

    select
        entries.*,
        legal_entities.book,
        legal_entities.erp_code,
        legal_entities.functional_currency,
        {{ accounting_period('entries.effect_date') }} as origin_period,
        {{ month_end('entries.effect_date') }} as origin_period_end_date,
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
