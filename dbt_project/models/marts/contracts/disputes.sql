-- One row per dispute of a payment: where it stands, and what it cost. It changes no revenue.
with

documents as (

    select * from {{ ref('int_documents') }}

),

opened as (

    select * from {{ ref('stg_events__disputes') }}

),

given_up as (

    select
        document_id,
        amount_minor
    from {{ ref('int_settling_amounts') }}
    where document_type = 'dispute_lost' and settlement_part = 'write_off'

),

final as (

    select
        disputes.document_id as dispute_id,
        disputes.payment_id,
        disputes.invoice_id,
        disputes.customer_id,
        disputes.legal_entity_code,
        disputes.currency,
        opened.reason_code,
        disputes.document_date as opened_date,
        verdicts.document_date as verdict_date,
        case verdicts.document_type
            when 'dispute_won' then 'won'
            when 'dispute_lost' then 'lost'
            else 'open'
        end as dispute_status,
        disputes.total_minor as amount_minor,
        coalesce(opened.fee_minor, 0) as fee_minor,
        case when verdicts.document_id is null then disputes.total_minor else 0 end as open_minor,
        coalesce(given_up.amount_minor, 0) as given_up_minor,
        {{ to_amount('disputes.total_minor', 'disputes.transaction_exponent') }} as amount,
        disputes.event_key
    from documents as disputes
    inner join opened on disputes.event_key = opened.event_key
    left join documents as verdicts
        on
            verdicts.document_type in ('dispute_won', 'dispute_lost')
            and disputes.document_id = verdicts.document_id
    left join given_up on disputes.document_id = given_up.document_id
    where disputes.document_type = 'dispute'

)

select * from final
