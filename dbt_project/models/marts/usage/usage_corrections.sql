-- One row per correction of a usage event: what it replaces or cancels, and the charges of both.
with

corrections as (

    select * from {{ source('raw', 'usage_corrections') }}

),

corrected_usage as (

    select * from {{ source('raw', 'corrected_usage') }}

),

meters as (

    select * from {{ ref('stg_reference__meters') }}

),

event_codes as (

    {{ codes_of_meters('meters') }}

),

metered_before as (

    {{ metered_usage('corrected_usage', 'event_codes') }}

),

metered_after as (

    {{ metered_usage('corrections', 'event_codes') }}

),

usage_terms as (

    select * from {{ ref('int_usage_terms') }} where not is_ambiguous and not is_suspended

),

local_quarter_hours as (

    select * from {{ ref('int_local_quarter_hours') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

originals as (

    {{ charges_of_usage_events('metered_before') }}

),

replacements as (

    {{ charges_of_usage_events('metered_after') }}

),

final as (

    select
        concat_ws(':', replacements.source, replacements.event_id) as usage_correction_key,
        replacements.source,
        replacements.event_id,
        case when replacements.is_cancellation then 'cancelled' else 'superseded' end
            as correction,
        replacements.corrected_event_id,
        case
            when originals.event_id is not null then 'applied'
            when cancellations.event_id is not null then 'corrects_a_cancellation'
            else 'waiting'
        end as status,
        replacements.reason,
        replacements.occurred_at as corrected_at,
        replacements.known_at,
        originals.subject as subject_before,
        originals.meter_code as meter_code_before,
        originals.occurred_at as occurred_at_before,
        originals.quantity as quantity_before,
        originals.usage_charge_id as usage_charge_id_before,
        replacements.subject as subject_after,
        replacements.meter_code as meter_code_after,
        case when not replacements.is_cancellation then replacements.occurred_at end
            as occurred_at_after,
        replacements.quantity as quantity_after,
        case when corrected_again.event_id is null then replacements.usage_charge_id end
            as usage_charge_id_after,
        corrected_again.correcting_event_id as corrected_again_by,
        replacements.landed_path,
        replacements.landed_line
    from replacements
    left join originals
        on
            replacements.source = originals.source
            and replacements.corrected_event_id = originals.event_id
    left join corrected_usage as corrected_again
        on
            replacements.source = corrected_again.source
            and replacements.event_id = corrected_again.event_id
    left join corrections as cancellations
        on
            replacements.source = cancellations.source
            and replacements.corrected_event_id = cancellations.event_id
            and cancellations.is_cancellation

)

select * from final
