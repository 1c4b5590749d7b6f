-- One row per change of a contract: when each of its steps was done, as far as it is, and what
-- holds it. What is finished is not held again.
with

changes as (

    select * from {{ ref('int_workflow_changes') }}

),

bills as (

    select * from {{ ref('int_workflow_bills') }}

),

bookings as (

    select * from {{ ref('int_workflow_bookings') }}

),

contract_holds as (

    select * from {{ ref('holds') }} where subject_type = 'contract'

),

document_holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

tax_failures as (

    select subject_key from {{ ref('control_results') }}
    where control_code = 'TAX_CODE' and not is_passed

),

blocking as (

    select control_code from {{ ref('control_points') }} where is_blocking

),

spells as (

    select spells.*
    from {{ ref('int_exception_spells') }} as spells
    inner join blocking on spells.origin = blocking.control_code
    where spells.subject_type = 'contract' and spells.closed_at is not null

),

released as (

    -- The last time a control let the contract go before the change was booked.
    select
        changes.workflow_key,
        max(spells.closed_at) as released_at
    from changes
    left join bookings on changes.workflow_key = bookings.workflow_key
    inner join spells
        on
            changes.contract_id = spells.subject_key
            and changes.received_at <= spells.closed_at
            and coalesce(bookings.journaled_at, {{ end_of_time() }}) >= spells.closed_at
    group by changes.workflow_key

),

joined as (

    select
        changes.*,
        bills.document_type,
        bills.document_id,
        bills.known_at as billed_at,
        bills.source as billed_by,
        bills.workflow_key is not null as needs_bill,
        coalesce(
            bookings.has_revenue
            or bookings.has_document
            or bills.workflow_key is not null and bills.document_id is null,
            changes.outcome <> 'applied'
        ) as needs_entries,
        bookings.journaled_at,
        bookings.posted_at,
        tax_failures.subject_key is null as has_tax_codes,
        greatest(changes.known_at, released.released_at) as free_at,
        case changes.outcome
            when 'contract_unknown' then 'CONTRACT_MISSING'
            when 'pause_unknown' then 'PAUSE_MISSING'
            when 'unconfirmed' then coalesce(contract_holds.hold_code, 'CONTRACT_NOT_CONFIRMED')
            when 'applied' then contract_holds.hold_code
        end as contract_hold_code,
        case when changes.outcome = 'applied' then document_holds.hold_code end
            as document_hold_code,
        coalesce(contract_holds.sentence, document_holds.sentence) as hold_sentence
    from changes
    left join bills on changes.workflow_key = bills.workflow_key
    left join bookings on changes.workflow_key = bookings.workflow_key
    left join released on changes.workflow_key = released.workflow_key
    left join contract_holds on changes.contract_id = contract_holds.subject_key
    left join document_holds on bills.subject_key = document_holds.subject_key
    left join tax_failures on bills.subject_key = tax_failures.subject_key

),

finished as (

    select
        *,
        outcome = 'applied'
        and (not needs_bill or billed_at is not null)
        and (not needs_entries or posted_at is not null) as is_finished
    from joined

),

final as (

    select
        finished.*,
        finished.known_at as complete_at,
        case
            when
                finished.is_finished
                or finished.outcome = 'applied' and finished.contract_hold_code is null
                then finished.free_at
        end as approved_at,
        case
            when
                finished.outcome = 'applied'
                and (finished.contract_version_id is not null or finished.event_effect <> 'terms')
                then finished.known_at
        end as priced_at,
        case when finished.has_tax_codes then finished.billed_at end as taxed_at,
        (
            finished.outcome <> 'applied'
            or finished.event_effect in ('end', 'suspension')
            or finished.event_effect = 'terms' and coalesce(finished.value_minor, 1) <> 0
        ) as needs_schedule,
        case
            when not finished.is_finished
                then coalesce(finished.contract_hold_code, finished.document_hold_code)
        end as hold_code
    from finished

)

select * from final
