-- One row per sealed document that is not in the ERP yet and not taken back: what it waits for, and
-- for how long.
with

journal_entries as (

    select * from {{ ref('journal_entries') }} where delivery_status not in ('posted', 'voided')

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

queued as (

    select
        journal_entries.*,
        case
            when journal_entries.delivery_status = 'pending_approval' then 'approval'
            when journal_entries.delivery_status in ('conflict', 'held') then 'person'
            when journal_entries.outbox_state in ('unknown', 'resolving') then 'look_up'
            when
                journal_entries.delivery_status = 'rejected' or journal_entries.attempt_count > 0
                then 'retry'
            else 'first_attempt'
        end as queue_name,
        {{ minutes_between('journal_entries.sealed_as_of', 'parameters.as_of') }} as waiting_minutes
    from journal_entries
    cross join parameters

),

final as (

    select
        document_key,
        erp_code,
        legal_entity_code,
        entry_type,
        accounting_period,
        currency,
        total_minor,
        total_amount,
        queue_name,
        delivery_status,
        delivery_status in ('rejected', 'conflict') as is_failed,
        attempt_count,
        error_class,
        error_text,
        sealed_as_of,
        cast(waiting_minutes as bigint) as waiting_minutes,
        count(*) over (partition by erp_code, queue_name) as queue_depth,
        cast(max(waiting_minutes) over (partition by erp_code, queue_name) as bigint)
            as oldest_minutes,
        run_id
    from queued

)

select * from final
