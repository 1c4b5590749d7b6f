"""Queries on the published marts: the facts of each kind of traced thing.

Belongs here: one query per kind; each returns `key` and `sorted_by` for the keys asked for.
Does not: the words made of them (trace_words).
"""

_EVENT = """
    select events.source || ':' || events.event_id as key, events.occurred_at as sorted_by,
        events.source, events.event_id, events.event_type, events.subject, events.occurred_at,
        events.known_at, events.correlation_id, events.landed_path, events.landed_line,
        dispositions.disposition, dispositions.reason_code, workflows.amendment_id,
        workflows.state, workflows.state_code, workflows.state_since, workflows.next_step,
        workflows.next_step_owner, workflows.is_not_due
    from lineage.events as events
    left join reconciliation.event_dispositions as dispositions
        on events.event_key = dispositions.event_key
    left join contracts.workflow_states as workflows
        on events.event_key = workflows.event_key
    where events.source || ':' || events.event_id in (select unnest($keys))
"""
_OPPORTUNITY = """
    select opportunity_id as key, close_date as sorted_by, customer_id, source_customer_id,
        parent_customer_id, amount_minor, currency, close_date, sales_owner
    from contracts.opportunities
    where opportunity_id in (select unnest($keys))
"""
_QUOTE = """
    select quote_id as key, accepted_at as sorted_by, opportunity_id, is_opportunity_known,
        contract_id, total_minor, currency, accepted_at
    from contracts.quotes
    where quote_id in (select unnest($keys))
"""
_CREDIT_REQUEST = """
    select request_id as key, requested_at as sorted_by, ticket_id, contract_id, invoice_id,
        amount_minor, currency, reason, approved_by, conceded_minor
    from contracts.credit_requests
    where request_id in (select unnest($keys))
"""
_CUSTOMER = """
    select customer_id as key, customer_id as sorted_by, count(*) as contract_count
    from contracts.contracts
    where customer_id in (select unnest($keys))
    group by customer_id
"""
_CONTRACT = """
    select contract_id as key, contract_id as sorted_by, customer_id, source_customer_id,
        legal_entity_code, currency, term_start_date, term_end_date, service_end_date
    from contracts.contracts
    where contract_id in (select unnest($keys))
"""
_CONTRACT_VERSION = """
    select contract_version_id as key, printf('%s %06d', contract_id, version_number) as sorted_by,
        contract_id, version_number, modification_type, amendment_id, quote_id, valid_from,
        cast(valid_to - interval 1 day as date) as valid_through,
        (
            select string_agg(replace(hop, '_', ' ') || ' (' || sentence || ')', ', '
                order by hop_number)
            from lineage.traces
            where traces.contract_version_id = contract_versions.contract_version_id
                and not is_found
        ) as missing_hops
    from contracts.contract_versions
    where contract_version_id in (select unnest($keys))
"""
_BILLING_DOCUMENT = """
    select document_id as key, document_date as sorted_by, document_type, document_date,
        legal_entity_code, currency, abs(left_minor) as amount_minor, hold_code
    from reconciliation.tie_out_invoices_to_subledger
    where document_type = '{document_type}' and document_id in (select unnest($keys))
"""
_ADJUSTMENT = """
    select document_id as key, adjustments.effective_date as sorted_by,
        adjustments.document_type, adjustments.kind, adjustments.adjustment_id,
        adjustments.legal_entity_code, adjustments.effective_date, adjustments.currency,
        adjustments.total_minor as amount_minor, adjustments.reason, adjustments.support,
        adjustments.prepared_by, adjustments.approved_by, holds.hold_code
    from journals.adjustments as adjustments
    left join controls.holds as holds
        on holds.subject_type = 'document' and adjustments.subject_key = holds.subject_key
    where adjustments.refusal_code is null and adjustments.document_type = '{document_type}'
        and adjustments.document_id in (select unnest($keys))
"""
_USAGE = """
    select concat_ws('|', source, subject, meter_code, usage_day) as key, usage_day as sorted_by,
        source, subject, meter_code, usage_day, cast(sum(event_count) as bigint) as event_count,
        cast(sum(event_count) filter (
            where reason_code in ('USAGE_SUPERSEDED', 'USAGE_CANCELLED')
        ) as bigint) as corrected_count,
        string_agg(
            replace(disposition, '_', ' ') || ': ' || reason_code, ', '
            order by disposition, reason_code
        ) filter (where disposition in ('held', 'scheduled', 'unexplained')) as open_reasons
    from reconciliation.event_dispositions
    where event_key is null and usage_day is not null
        and concat_ws('|', source, subject, meter_code, usage_day) in (select unnest($keys))
    group by source, subject, meter_code, usage_day
"""
_USAGE_CHARGE = """
    select usage_charge_id as key, accounting_period as sorted_by, contract_id, contract_line_id,
        product_code, meter_code, accounting_period, service_start_date, through_date, quantity,
        included_quantity, billable_quantity, event_count, charge_minor, currency, price_id
    from usage.usage_charges
    where usage_charge_id in (select unnest($keys))
"""
_PREPAID_CREDIT = """
    select prepaid_credit_id as key, starts_on as sorted_by, contract_id, contract_line_id,
        starts_on, ends_on, status, granted_minor, drawn_minor, expired_minor, left_minor,
        price_minor, unearned_minor, currency
    from usage.prepaid_credits
    where prepaid_credit_id in (select unnest($keys))
"""
_SUBLEDGER_LINE = """
    with sealed as (
        select subledger_line_key, cast(sum(amount_minor) as bigint) as sealed_minor
        from journals.journal_line_sources
        where not is_voided and subledger_line_key in (select unnest($keys))
        group by subledger_line_key
    )
    select lines.subledger_line_key as key,
        concat_ws('|', origin_period, entry_type, effective_date, account_role) as sorted_by,
        entry_type, account_role, account_code, dimension_product, product_code, contract_id,
        document_type, document_id, origin_period, transaction_currency as currency,
        case when hold_code is distinct from 'UNKNOWN_AMOUNT' then coalesce(should_minor, 0) end
            as amount_minor,
        coalesce(sealed.sealed_minor, 0) as sealed_minor, functional_currency,
        coalesce(should_functional_minor, 0) as functional_amount_minor, hold_code
    from journals.subledger_differences as lines
    left join sealed on lines.subledger_line_key = sealed.subledger_line_key
    where lines.subledger_line_key in (select unnest($keys))
"""
_JOURNAL_LINE = """
    with roles as (
        select journal_line_key, string_agg(distinct account_role, ', ' order by account_role)
            as account_roles
        from journals.journal_line_sources
        where journal_line_key in (select unnest($keys))
        group by journal_line_key
    )
    select lines.journal_line_key as key,
        concat_ws('|', lines.posting_date, lines.document_key, printf('%06d', lines.line_number))
            as sorted_by,
        lines.document_key, lines.line_number, lines.account_code, roles.account_roles,
        lines.dimension_product, lines.side, lines.currency, lines.signed_minor as amount_minor,
        lines.functional_currency, lines.signed_functional_minor as functional_amount_minor
    from journals.journal_lines as lines
    left join roles on lines.journal_line_key = roles.journal_line_key
    where lines.journal_line_key in (select unnest($keys))
"""
_DOCUMENT = """
    select document_key as key, concat_ws('|', posting_date, entry_type) as sorted_by, erp_code,
        legal_entity_code, entry_type, source_document, posting_date, accounting_period, currency,
        total_minor, functional_currency, functional_total_minor, line_count, delivery_status,
        outbox_state, batch_number, run_id
    from journals.journal_entries
    where document_key in (select unnest($keys))
"""
_ERP_DOCUMENT = """
    select erp_code || ':' || erp_document_id as key, erp_number as sorted_by, erp_code,
        erp_number, document_key, outbox_state as state, posted_on, currency, total_minor
    from journals.journal_entries
    where erp_code || ':' || erp_document_id in (select unnest($keys))
"""
DOCUMENT_KINDS = (
    "invoice",
    "credit",
    "void",
    "payment",
    "payment_failure",
    "refund",
    "write_off",
    "dispute",
    "dispute_won",
    "dispute_lost",
)
QUERIES = {
    "event": _EVENT,
    "opportunity": _OPPORTUNITY,
    "quote": _QUOTE,
    "credit_request": _CREDIT_REQUEST,
    "customer": _CUSTOMER,
    "contract": _CONTRACT,
    "contract_version": _CONTRACT_VERSION,
    **{kind: _BILLING_DOCUMENT.format(document_type=kind) for kind in DOCUMENT_KINDS},
    **{kind: _ADJUSTMENT.format(document_type=kind) for kind in ("adjustment", "reversal")},
    "usage": _USAGE,
    "prepaid_credit": _PREPAID_CREDIT,
    "usage_charge": _USAGE_CHARGE,
    "subledger_line": _SUBLEDGER_LINE,
    "journal_line": _JOURNAL_LINE,
    "document": _DOCUMENT,
    "erp_document": _ERP_DOCUMENT,
}
