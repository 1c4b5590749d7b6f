-- One row per entry that people stated: an adjustment, an opening balance, or the reversal of one;
-- and why it does not count, if it does not.
with

stated as (

    select * from {{ ref('int_adjustments_stated') }}

),

judged as (

    select
        *,
        case
            when
                row_number() over (
                    partition by document_type, document_id
                    order by known_at, occurred_at, event_key
                ) > 1
                then 'DUPLICATE_DOCUMENT'
            when adjustment_date is null then 'ADJUSTMENT_UNKNOWN'
            when effective_date < adjustment_date then 'REVERSAL_BEFORE_ADJUSTMENT'
        end as first_refusal_code
    from stated

),

-- The day an adjustment was set to reverse on comes first; of events, the one known first.
ordered as (

    select
        *,
        row_number() over (
            partition by document_type, adjustment_id, first_refusal_code
            order by is_automatic desc, known_at asc, occurred_at asc, event_key asc
        ) as position_in_adjustment
    from judged

),

final as (

    select
        document_type || ':' || document_id || ':' || event_key as adjustment_key,
        document_type || ':' || document_id as subject_key,
        document_type,
        document_id,
        adjustment_id,
        kind,
        event_key,
        source,
        legal_entity_code,
        currency,
        effective_date,
        adjustment_date,
        total_minor,
        is_automatic,
        reason,
        support,
        prepared_by,
        approved_by,
        coalesce(
            first_refusal_code,
            case when position_in_adjustment > 1 then 'ADJUSTMENT_REVERSED_TWICE' end
        ) as refusal_code,
        correlation_id,
        known_at
    from ordered

)

select * from final
