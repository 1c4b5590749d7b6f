-- One row per document of billing: whether the subscription platform, billing and the ERP agree on
-- it.
with

documents as (

    select * from {{ ref('int_billing_documents') }} where is_first

),

tied_out as (

    select * from {{ ref('tie_out_invoices_to_subledger') }}

),

invoice_contracts as (

    select * from {{ ref('int_invoice_contracts') }}

),

deliveries as (

    select * from {{ ref('int_document_deliveries') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

joined as (

    select
        documents.document_type,
        documents.document_id,
        documents.invoice_id,
        documents.legal_entity_code,
        documents.currency,
        documents.document_date,
        documents.is_due,
        invoice_contracts.contract_ids,
        coalesce(invoice_contracts.is_known, false) as is_platform_known,
        tied_out.hold_code,
        tied_out.left_minor as billing_minor,
        tied_out.right_minor as subledger_minor,
        tied_out.posted_minor as erp_minor,
        tied_out.difference_minor,
        deliveries.erp_break_code,
        deliveries.open_reason,
        currencies.minor_unit_exponent
    from documents
    inner join tied_out
        on
            documents.document_type = tied_out.document_type
            and documents.document_id = tied_out.document_id
    left join invoice_contracts on documents.invoice_id = invoice_contracts.invoice_id
    left join deliveries
        on
            documents.document_type = deliveries.document_type
            and documents.document_id = deliveries.document_id
    left join currencies on documents.currency = currencies.currency

),

judged as (

    select
        *,
        case
            when erp_break_code is not null then erp_break_code
            when hold_code is not null then hold_code
            when not is_platform_known then 'CONTRACT_UNKNOWN'
            when difference_minor <> 0 then 'TIE_OUT_BREAK'
            when not is_due then 'AFTER_CUT_OFF'
            when open_reason is not null then open_reason
            when billing_minor <> erp_minor then 'AWAITING_SEALING'
        end as cause
    from joined

),

final as (

    select
        document_type || ':' || document_id as document_ref,
        document_type,
        document_id,
        contract_ids,
        legal_entity_code,
        currency,
        document_date,
        is_platform_known,
        billing_minor,
        subledger_minor,
        erp_minor,
        {{ to_amount('billing_minor', 'minor_unit_exponent') }} as billing_amount,
        {{ to_amount('erp_minor', 'minor_unit_exponent') }} as erp_amount,
        case
            when cause is null then 'matched'
            when
                cause in (
                    'AFTER_CUT_OFF', 'AWAITING_SEALING', 'ON_ITS_WAY', 'PENDING_APPROVAL'
                )
                then 'timing'
            else 'break'
        end as status,
        cause
    from judged

)

select * from final
