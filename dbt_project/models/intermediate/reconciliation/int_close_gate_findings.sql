-- One row per thing that speaks against closing a period: which check found it, of which legal
-- entity (null: of all), in which period (null: in any), and how many it stands for.
with

obligations as (

    select
        *,
        'Obligation ' || performance_obligation_id as name
    from {{ ref('int_obligations_scheduled') }}

),

manifest as (

    select * from {{ source('raw', 'manifest') }} where entry_kind = 'landing'

),

sources as (

    select
        source,
        max(known_at) as last_known_at
    from manifest
    group by source

),

findings as (

    {{ close_gate_finding('sources_delivered', 'sources',
        entity='null', period=accounting_period('last_known_at'),
        sentence="source || ' on ' || cast(last_known_at as date) || '.'") }}
    union all
    {{ close_gate_finding('quarantine_empty', ref('stg_events__quarantine'),
        entity='null', period='null', known_at='known_at',
        sentence="source || ': ' || sentence") }}
    union all
    {{ close_gate_finding('usage_not_held', ref('held_usage'),
        entity='null', period=accounting_period('usage_day'), count='event_count',
        sentence="meter_code || ' of ' || subject || ' on ' || usage_day || ', ' || hold_code || '.'") }}
    union all
    {{ close_gate_finding('events_explained', ref('event_dispositions'),
        condition="disposition = 'unexplained'",
        entity='null', period='null', count='event_count',
        sentence="event_type || ' ' || coalesce(event_id, disposition_key) || '.'") }}
    union all
    {{ close_gate_finding('documents_linked', ref('tie_out_invoices_to_subledger'),
        condition="hold_code in ('ORPHAN_TRANSACTION', 'ORIGINAL_INVOICE_MISSING',"
        " 'CREDIT_BLOCKED_BY_INVOICE_ERROR')",
        period=accounting_period('document_date')) }}
    {% for code, status, words in [
        ('nothing_held', 'held', "'is held: ' || hold_code"),
        ('everything_sealed', 'awaiting_sealing', "'goes with the next sealing'"),
    ] %}
        union all
        {{ close_gate_finding(code, ref('int_subledger_lines_delivered'),
            condition="delivery_status = '" ~ status ~ "'", period='origin_period',
            sentence="coalesce(contract_id, document_type || ' ' || document_id) || ', ' || entry_type"
            " || ' of ' || origin_period || ', ' || " ~ words ~ " || '.'") }}
    {% endfor %}
    {% for code, statuses in [
        ('approvals_given', "'pending_approval'"),
        ('documents_delivered', "'in_flight', 'rejected', 'conflict', 'held'"),
    ] %}
        union all
        {{ close_gate_finding(code, ref('journal_entries'),
            condition='delivery_status in (' ~ statuses ~ ')',
            sentence="document_key || ' over ' || cast(total_amount as decimal(28, 2)) || ' ' "
            "|| currency || ', ' || delivery_status || '.'") }}
    {% endfor %}
    union all
    {{ close_gate_finding('trial_balance_agrees', ref('tie_out_journals_to_erp'),
        condition='left_minor <> right_minor or functional_left_minor <> functional_right_minor') }}
    union all
    {{ close_gate_finding('erp_documents_agree', ref('erp_document_breaks')) }}
    union all
    {{ close_gate_finding('revenue_ties_out', ref('tie_out_schedules_to_journals'),
        condition='not is_tied') }}
    union all
    {{ close_gate_finding('billing_ties_out', ref('tie_out_invoices_to_subledger'),
        condition='not is_tied', period=accounting_period('document_date')) }}
    union all
    {{ close_gate_finding('usage_is_billed', ref('tie_out_charges_to_invoices'),
        condition='not is_tied') }}
    union all
    {{ close_gate_finding('balances_roll_forward', ref('roll_forwards'), condition='not is_tied',
        sentence="account_role || ' in ' || currency || ' of ' || accounting_period || '.'") }}
    union all
    {{ close_gate_finding('schedules_complete', 'obligations',
        condition='allocated_price_minor is distinct from scheduled_minor',
        period=accounting_period('start_date'), sentence="name || '.'") }}
    union all
    {{ close_gate_finding('ssps_complete', 'obligations', condition='not is_ssp_found',
        period=accounting_period('start_date'),
        sentence="name || ' for ' || product_code || '.'") }}
    union all
    {{ close_gate_finding('exceptions_worked', ref('exceptions'),
        condition="severity = 'error' and status = 'open'", period='null', sentence="code || ': ' || sentence") }}

)

select * from findings
