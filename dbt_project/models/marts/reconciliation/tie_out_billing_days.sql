-- One row per legal entity, currency and day: what billing issued and took, tax included, against
-- receivables and tax in the subledger and in the ERP.
with

tied_out as (

    select * from {{ ref('tie_out_invoices_to_subledger') }}

),

taxes as (

    select * from {{ ref('int_document_taxes') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

summed as (

    select
        tied_out.legal_entity_code,
        tied_out.currency,
        tied_out.document_date,
        count(*) as document_count,
        {%- for document_type in ['invoice', 'credit', 'payment'] %}
            cast(coalesce(sum(tied_out.left_minor) filter (
                where tied_out.document_type = '{{ document_type }}'
            ), 0) as bigint) as {{ document_type }}_minor,
        {%- endfor %}
        cast(coalesce(sum(tied_out.left_minor) filter (
            where tied_out.document_type not in ('invoice', 'credit', 'payment')
        ), 0) as bigint) as other_minor,
        cast(sum(tied_out.left_minor) as bigint) as billing_minor,
        cast(sum(tied_out.right_minor) as bigint) as subledger_minor,
        cast(sum(tied_out.posted_minor) as bigint) as erp_minor,
        cast(sum(tied_out.explained_minor) as bigint) as held_or_not_due_minor,
        cast(sum(tied_out.difference_minor) as bigint) as difference_minor,
        cast(sum(taxes.tax_minor) as bigint) as billing_tax_minor,
        cast(sum(taxes.subledger_tax_minor) as bigint) as subledger_tax_minor,
        cast(sum(taxes.erp_tax_minor) as bigint) as erp_tax_minor,
        cast(sum(
            case
                when tied_out.explained_minor <> 0
                    then taxes.tax_minor - taxes.subledger_tax_minor
                else 0
            end
        ) as bigint) as held_or_not_due_tax_minor
    from tied_out
    inner join taxes on tied_out.tie_out_key = taxes.document_ref
    group by tied_out.legal_entity_code, tied_out.currency, tied_out.document_date

),

final as (

    select
        concat_ws('|', summed.legal_entity_code, summed.currency, summed.document_date)
            as billing_day_key,
        summed.*,
        {{ to_amount('summed.billing_minor', 'currencies.minor_unit_exponent') }}
            as billing_amount,
        {{ to_amount('summed.erp_minor', 'currencies.minor_unit_exponent') }} as erp_amount,
        summed.subledger_minor - summed.erp_minor as undelivered_minor,
        summed.billing_tax_minor - summed.subledger_tax_minor
        - summed.held_or_not_due_tax_minor as tax_difference_minor,
        summed.difference_minor = 0
        and summed.billing_tax_minor - summed.subledger_tax_minor
        = summed.held_or_not_due_tax_minor as is_tied
    from summed
    left join currencies on summed.currency = currencies.currency

)

select * from final
