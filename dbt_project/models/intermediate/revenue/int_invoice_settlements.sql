-- One row per amount that settles an invoice, valued: the receivable at the invoice's rate; credit
-- the customer gets at the rate of the day, and credit that goes at what it was carried at, first
-- in, first out.
with

positions as (

    select * from {{ ref('int_settlement_positions') }}

),

valued as (

    select
        *,
        case
            when receivable_to = receivable_from then 0
            else {{ share_between(
                'functional_total_minor', 'receivable_from', 'receivable_to', 'total_minor'
            ) }}
        end as functional_receivable_minor,
        {{ convert_minor(
            'customer_credit_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
        ) }} as functional_customer_credit_minor,
        {{ convert_minor(
            'amount_minor', 'rate_scaled', 'transaction_exponent', 'functional_exponent'
        ) }} as functional_amount_minor
    from positions

),

carried as (

    select
        gone.document_type,
        gone.document_id,
        gone.document_line_id,
        gone.settlement_part,
        cast(sum(
            least(gone.credit_to, kept.credit_to) - greatest(gone.credit_from, kept.credit_from)
        ) as bigint) as amount_minor,
        cast(sum({{ share_between(
            'kept.functional_customer_credit_minor',
            'greatest(gone.credit_from, kept.credit_from) - kept.credit_from',
            'least(gone.credit_to, kept.credit_to) - kept.credit_from',
            'kept.customer_credit_minor',
        ) }}) as bigint) as functional_minor
    from valued as gone
    inner join valued as kept
        on
            gone.invoice_id = kept.invoice_id
            and gone.credit_from < kept.credit_to
            and gone.credit_to > kept.credit_from
    where gone.customer_credit_minor < 0 and kept.customer_credit_minor > 0
    group by
        gone.document_type, gone.document_id, gone.document_line_id, gone.settlement_part

),

settlements as (

    select
        document_type,
        document_id,
        document_line_id,
        settlement_part,
        valued.invoice_id,
        valued.amount_minor,
        cast(valued.position_to as bigint) as position_to,
        cast(valued.receivable_from as bigint) as receivable_from,
        cast(valued.receivable_to as bigint) as receivable_to,
        valued.total_minor,
        valued.functional_total_minor,
        valued.receivable_minor,
        valued.customer_credit_minor,
        valued.functional_receivable_minor,
        case
            when carried.amount_minor is null then valued.functional_customer_credit_minor
            when carried.amount_minor = -valued.customer_credit_minor
                then -carried.functional_minor
            else {{ convert_minor(
                'valued.customer_credit_minor + carried.amount_minor',
                'valued.rate_scaled', 'valued.transaction_exponent', 'valued.functional_exponent',
            ) }} - carried.functional_minor
        end as functional_customer_credit_minor,
        valued.functional_amount_minor
    from valued
    left join carried using (document_type, document_id, document_line_id, settlement_part)

)

select * from settlements
