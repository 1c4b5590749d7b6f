-- One row per invoice line with money that nothing will turn into revenue, and the reason: no fixed
-- obligation, usage charge or prepaid credit of its contract line covers its service.
with

invoices as (

    select * from {{ ref('stg_events__invoices') }} where is_first

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }} where net_minor is distinct from 0

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

obligations as (

    select * from {{ ref('performance_obligations') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

holds as (

    select * from {{ ref('holds') }} where subject_type = 'document'

),

currencies as (

    select * from {{ ref('currencies') }}

),

spans as (

    select
        contract_id,
        contract_line_id,
        'fixed' as line_kind,
        min(start_date) as first_date,
        max(end_date) as last_date
    from obligations
    group by contract_id, contract_line_id
    union all
    select
        contract_id,
        contract_line_id,
        'usage' as line_kind,
        min(service_start_date) as first_date,
        max(service_end_date) as last_date
    from usage_charges
    group by contract_id, contract_line_id
    union all
    select
        contract_id,
        contract_line_id,
        'prepaid' as line_kind,
        min(effective_date) as first_date,
        max(ends_on) as last_date
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied'
    group by contract_id, contract_line_id

),

judged as (

    select
        invoices.invoice_id,
        invoice_lines.invoice_line_id,
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        invoice_lines.line_kind,
        invoices.legal_entity_code,
        invoices.currency,
        invoices.invoice_date,
        invoice_lines.service_start_date,
        invoice_lines.service_end_date,
        invoice_lines.net_minor,
        case
            when holds.hold_code is not null then holds.hold_code
            when contracts.contract_id is null then 'CONTRACT_UNKNOWN'
            when
                invoice_lines.service_start_date is null
                or invoice_lines.service_end_date is null
                then 'MISSING_SERVICE_PERIOD'
            when invoice_lines.line_kind = 'usage' then 'NO_USAGE_CHARGED'
            when invoice_lines.line_kind = 'prepaid' then 'NO_PREPAID_CREDIT'
            else 'NO_OBLIGATION'
        end as reason
    from invoices
    inner join invoice_lines on invoices.event_key = invoice_lines.event_key
    left join contracts on invoice_lines.contract_id = contracts.contract_id
    left join holds on 'invoice:' || invoices.invoice_id = holds.subject_key
    left join spans
        on
            invoice_lines.contract_id = spans.contract_id
            and invoice_lines.contract_line_id = spans.contract_line_id
            and invoice_lines.line_kind = spans.line_kind
            and invoice_lines.service_start_date <= spans.last_date
            and invoice_lines.service_end_date >= spans.first_date
    where spans.contract_id is null

),

final as (

    select
        judged.invoice_id || '|' || judged.invoice_line_id as invoice_line_key,
        judged.*,
        {{ to_amount('judged.net_minor', 'currencies.minor_unit_exponent') }} as net_amount
    from judged
    left join currencies on judged.currency = currencies.currency

)

select * from final
