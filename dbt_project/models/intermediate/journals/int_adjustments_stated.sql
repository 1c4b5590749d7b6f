-- One row per entry that people stated: an adjustment, an opening balance, or the reversal of one,
-- by the day it was set for or by an event of its own.
with

adjustments as (

    select * from {{ ref('stg_events__adjustments') }}

),

adjustment_lines as (

    select * from {{ ref('stg_events__adjustment_lines') }}

),

reversals as (

    select * from {{ ref('stg_events__adjustment_reversals') }}

),

totals as (

    select
        event_key,
        {{ sum_or_unknown('amount_minor') }} as total_minor
    from adjustment_lines
    where side = 'debit'
    group by event_key

),

originals as (

    select
        adjustments.*,
        totals.total_minor
    from adjustments
    left join totals on adjustments.event_key = totals.event_key

),

stated as (

    {% for document_type, day, condition in [
        ('adjustment', 'effective_date', 'true'),
        ('reversal', 'reverses_on', 'is_first and reverses_on is not null'),
    ] -%}
        select
            '{{ document_type }}' as document_type,
            adjustment_id as document_id,
            adjustment_id,
            kind,
            event_key,
            source,
            legal_entity_code,
            currency,
            {{ day }} as effective_date,
            effective_date as adjustment_date,
            total_minor,
            {{ 'true' if document_type == 'reversal' else 'false' }} as is_automatic,
            reason,
            support,
            prepared_by,
            approved_by,
            coalesce(correlation_id, 'adjustment:' || adjustment_id) as correlation_id,
            occurred_at,
            known_at
        from originals
        where {{ condition }}
        union all
    {% endfor %}
    select
        'reversal' as document_type,
        reversals.reversal_id as document_id,
        reversals.adjustment_id,
        originals.kind,
        reversals.event_key,
        reversals.source,
        originals.legal_entity_code,
        originals.currency,
        reversals.effective_date,
        originals.effective_date as adjustment_date,
        originals.total_minor,
        false as is_automatic,
        reversals.reason,
        cast(null as varchar) as support,
        reversals.prepared_by,
        reversals.approved_by,
        coalesce(
            reversals.correlation_id,
            originals.correlation_id,
            'adjustment:' || reversals.adjustment_id
        ) as correlation_id,
        reversals.occurred_at,
        reversals.known_at
    from reversals
    left join originals on reversals.adjustment_id = originals.adjustment_id and originals.is_first

)

select * from stated
