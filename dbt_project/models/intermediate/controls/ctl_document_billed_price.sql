-- One row per invoice: is a contract billed no more, with what came before, than its fixed lines
-- cost? What is above has no terms behind it: an amendment is missing, or the invoice is wrong.
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'document' and subject_key like 'invoice:%'

),

obligations as (

    select * from {{ ref('performance_obligations') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis in ('modification', 'void')

),

version_prices as (

    select
        contract_id,
        contract_version_id,
        start_date,
        sum(allocated_price_minor) as price_minor,
        sum(allocated_price_minor - transferred_minor) as used_minor
    from obligations
    group by contract_id, contract_version_id, start_date

),

prices as (

    -- What the contract costs in all, by the terms up to a version.
    select
        contract_id,
        start_date,
        price_minor + coalesce(sum(used_minor) over (
            partition by contract_id
            order by start_date
            rows between unbounded preceding and 1 preceding
        ), 0) as total_minor
    from version_prices

),

invoices as (

    select
        track_key,
        contract_id,
        invoice_id,
        invoice_date,
        transaction_exponent,
        max(service_end_date) as service_end_date,
        sum(net_minor) as net_minor
    from {{ ref('int_invoice_lines_valued') }}
    where line_kind = 'fixed'
    group by track_key, contract_id, invoice_id, invoice_date, transaction_exponent

),

billed as (

    select
        *,
        sum(net_minor) over on_track as billed_minor,
        count(*) over on_track as invoice_count
    from invoices
    window on_track as (partition by track_key order by invoice_date, invoice_id)

),

credited as (

    select
        billed.track_key,
        billed.invoice_id,
        sum(credit_lines.net_minor) as credited_minor
    from billed
    inner join credit_lines
        on
            billed.track_key = credit_lines.track_key
            and billed.invoice_date >= credit_lines.credit_date
    group by billed.track_key, billed.invoice_id

),

compared as (

    -- Each invoice may be off by one minor unit of rounding.
    select
        billed.track_key,
        billed.contract_id,
        billed.invoice_id,
        billed.transaction_exponent,
        billed.invoice_count,
        billed.billed_minor - coalesce(credited.credited_minor, 0) as billed_minor,
        max(prices.total_minor) as price_minor
    from billed
    inner join prices
        on
            billed.contract_id = prices.contract_id
            and greatest(billed.invoice_date, billed.service_end_date) >= prices.start_date
    left join credited
        on
            billed.track_key = credited.track_key
            and billed.invoice_id = credited.invoice_id
    group by
        billed.track_key,
        billed.contract_id,
        billed.invoice_id,
        billed.transaction_exponent,
        billed.invoice_count,
        billed.billed_minor,
        credited.credited_minor

),

excesses as (

    select
        'invoice:' || invoice_id as document_key,
        min(contract_id) as contract_id,
        min(transaction_exponent) as transaction_exponent,
        max(billed_minor) as billed_minor,
        min(price_minor) as price_minor
    from compared
    where billed_minor > price_minor + invoice_count
    group by invoice_id

),

findings as (

    select
        {{ finding(
            control_code="'BILLED_PRICE'",
            is_passed='excesses.document_key is null',
            exception_code="'CUMULATIVE_BILLING_OVER_PRICE'",
            sentence="subject_text || ' over ' || amount_text || ': with it contract '"
            " || excesses.contract_id || ' is billed '"
            " || " ~ amount_text(
                'excesses.billed_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || ' for fixed lines that cost '"
            " || " ~ amount_text(
                'excesses.price_minor', 'excesses.transaction_exponent', 'currency'
            ) ~ " || '.'",
            amount_minor='coalesce(excesses.billed_minor - excesses.price_minor, 0)',
            currency='currency',
        ) }}
    from subjects
    left join excesses on subjects.subject_key = excesses.document_key

)

select * from findings
