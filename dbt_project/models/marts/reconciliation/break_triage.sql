-- One row per break: two totals that differ without a reason, or a document the ledger and the ERP
-- do not agree on, with the class of its cause and the rule that was broken.
with

tie_out_breaks as (

    select * from {{ ref('int_exceptions_from_tie_outs') }}

),

document_causes as (

    select * from {{ ref('int_erp_break_causes') }}

),

erp_balances as (

    select * from {{ ref('tie_out_journals_to_erp') }} where not is_tied

),

billing_rows as (

    select
        tie_out_key,
        right_minor = 0 as is_missing
    from {{ ref('tie_out_charges_to_invoices') }}
    where not is_tied
    union all
    select
        tie_out_key,
        right_count = 0 as is_missing
    from {{ ref('tie_out_invoices_to_subledger') }}
    where not is_tied

),

exception_codes as (

    select * from {{ ref('exception_codes') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

balance_causes as (

    -- A balance differs for the reason its documents of that period do.
    select
        erp_balances.tie_out_key,
        min(document_causes.cause_class) as cause_class,
        {{ comma_list('document_causes.document_key') }} as document_keys
    from erp_balances
    inner join document_causes
        on
            erp_balances.erp_code = document_causes.erp_code
            and erp_balances.legal_entity_code = document_causes.legal_entity_code
            and erp_balances.currency = document_causes.currency
            and (
                erp_balances.accounting_period = document_causes.accounting_period
                or erp_balances.accounting_period = document_causes.sealed_period
            )
    group by erp_balances.tie_out_key

),

unioned as (

    select
        tie_out_breaks.origin,
        tie_out_breaks.code,
        tie_out_breaks.subject_type,
        tie_out_breaks.subject_key,
        tie_out_breaks.legal_entity_code,
        tie_out_breaks.currency,
        tie_out_breaks.amount_minor,
        case
            when balance_causes.cause_class is not null then balance_causes.cause_class
            when billing_rows.is_missing then 'missing_document'
            when tie_out_breaks.origin in ('tie_out_schedules_to_journals', 'roll_forwards')
                then 'imbalance'
            else 'source'
        end as cause_class,
        balance_causes.document_keys,
        tie_out_breaks.sentence
    from tie_out_breaks
    left join balance_causes
        on
            tie_out_breaks.origin = 'tie_out_journals_to_erp'
            and tie_out_breaks.subject_key = balance_causes.tie_out_key
    left join billing_rows on tie_out_breaks.subject_key = billing_rows.tie_out_key
    union all
    select
        'erp_document_breaks' as origin,
        break_code as code,
        'document' as subject_type,
        break_key as subject_key,
        legal_entity_code,
        currency,
        difference_minor as amount_minor,
        cause_class,
        document_key as document_keys,
        sentence
    from document_causes

),

final as (

    select
        unioned.origin || '|' || unioned.subject_key as break_key,
        unioned.*,
        {{ to_amount('unioned.amount_minor', 'currencies.minor_unit_exponent') }} as amount,
        {{ broken_rule('unioned.origin') }} as rule,
        exception_codes.owner,
        exception_codes.next_step
    from unioned
    left join exception_codes on unioned.code = exception_codes.code
    left join currencies on unioned.currency = currencies.currency

)

select * from final
