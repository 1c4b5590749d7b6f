-- One row per invoice and fixed contract line it bills: what the line has been billed with it, less
-- what was credited, withdrawn or given up since, and the last day of service that this is for.
-- A line that no terms ever announced is CONTRACT_LINES'. An invoice whose lines do not make its
-- total does not count: it has to be sent anew.
with

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

announced as (

    select distinct
        contract_id,
        contract_line_id
    from {{ ref('int_contract_lines_announced') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }} where line_kind = 'fixed'

),

wrong as (

    select documents.document_id as invoice_id
    from {{ ref('int_documents') }} as documents
    inner join {{ ref('int_invoice_lines_valued') }} as lines
        on documents.event_key = lines.event_key
    group by documents.document_id, documents.total_minor, documents.tax_total_minor
    having
        {{ sum_or_unknown('lines.net_minor + lines.tax_minor') }}
        is distinct from documents.total_minor
        or {{ sum_or_unknown('lines.tax_minor') }} is distinct from documents.tax_total_minor

),

credited as (

    -- A concession stays billed: its service was given. A void leaves nothing of its invoice.
    select
        invoice_id,
        invoice_line_id,
        sum(case when basis = 'concession' then 0 else net_minor end) as net_minor,
        bool_or(basis = 'void') as is_voided
    from {{ ref('int_credit_lines_valued') }}
    group by invoice_id, invoice_line_id

),

given_up as (

    select
        documents.invoice_id,
        sum(amounts.amount_minor) as amount_minor
    from {{ ref('int_settling_amounts') }} as amounts
    inner join {{ ref('int_documents') }} as documents using (document_type, document_id)
    where amounts.settlement_part = 'write_off'
    group by documents.invoice_id

),

kept as (

    -- What is given up takes from each line by its part of the invoice.
    select
        invoice_lines.*,
        greatest(
            invoice_lines.net_minor
            - coalesce(credited.net_minor, 0)
            - case
                when given_up.amount_minor > 0 and documents.total_minor > 0
                    then {{ share_of(
                        'given_up.amount_minor', 'invoice_lines.net_minor', 'documents.total_minor'
                    ) }}
                else 0
            end,
            0
        ) as kept_minor
    from invoice_lines
    inner join contracts on invoice_lines.track_key = contracts.track_key
    inner join announced
        on
            invoice_lines.contract_id = announced.contract_id
            and invoice_lines.contract_line_id = announced.contract_line_id
    inner join {{ ref('int_documents') }} as documents
        on invoice_lines.event_key = documents.event_key
    left join credited
        on
            invoice_lines.invoice_id = credited.invoice_id
            and invoice_lines.invoice_line_id = credited.invoice_line_id
    left join given_up on invoice_lines.invoice_id = given_up.invoice_id
    left join wrong on invoice_lines.invoice_id = wrong.invoice_id
    where wrong.invoice_id is null and not coalesce(credited.is_voided, false)

),

by_line as (

    select
        contract_id,
        contract_line_id,
        invoice_id,
        invoice_date,
        transaction_exponent,
        count(*) as line_count,
        sum(kept_minor) as kept_minor,
        max(coalesce(service_end_date, {{ end_of_time() }})) as service_end_date
    from kept
    where kept_minor > 0
    group by
        contract_id, contract_line_id, invoice_id, invoice_date, transaction_exponent

),

cumulated as (

    select
        contract_id,
        contract_line_id,
        invoice_id,
        invoice_date,
        transaction_exponent,
        cast(sum(kept_minor) over so_far as bigint) as billed_minor,
        cast(sum(line_count) over so_far as bigint) as billed_line_count,
        max(service_end_date) over so_far as billed_through_date
    from by_line
    window so_far as (
        partition by contract_id, contract_line_id order by invoice_date, invoice_id
    )

)

select * from cumulated
