-- One row per invoice and fixed contract line it bills: what the line's terms cost through the last
-- day of service billed, to the day and as far ahead as instalments may run. Terms count as they
-- were and as they became, whichever cost more: what was billed before a downgrade stays right.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

version_lines as (

    select * from {{ ref('contract_version_lines') }} where line_kind = 'fixed'

),

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'invoice'

),

policies as (

    select * from {{ ref('stg_reference__policies') }}

),

ahead as (

    {{ document_policy('billing_ahead_days') }}

),

billed as (

    select
        lines_billed.*,
        coalesce(ahead.policy_value, 3) as ahead_days
    from {{ ref('int_lines_billed') }} as lines_billed
    left join ahead on lines_billed.invoice_id = ahead.document_id

),

spans as (

    -- The days of each version as things stood when a later one, or itself, was the last.
    select
        latest.contract_id,
        latest.valid_from as known_from,
        versions.contract_version_id,
        versions.valid_from,
        {{ add_days('versions.term_end_date', 1) }} as term_to,
        versions.valid_from > versions.term_start_date as is_changed,
        lead(versions.valid_from) over (
            partition by latest.contract_version_id order by versions.valid_from
        ) as next_from
    from contract_versions as latest
    inner join contract_versions as versions
        on
            latest.contract_id = versions.contract_id
            and latest.valid_from >= versions.valid_from

),

priced as (

    -- Instalments run ahead of the days; within a term they may by the days of the policy, and
    -- after a change within it to its end: equal instalments and days do not meet there.
    select
        billed.contract_id,
        billed.contract_line_id,
        billed.invoice_id,
        spans.known_from,
    {%- for price, days, end_days in [
        ('even', '1', '0'),
        ('allowed', '1 + billed.ahead_days',
         'case when spans.is_changed then billed.ahead_days else 0 end'),
    ] %}
        case
            when version_lines.contract_line_id is null then 0
            else {{ prorate(
                'version_lines.term_price_minor',
                'least(greatest(least(case when spans.next_from < spans.term_to '
                ~ 'then spans.next_from else ' ~ add_days('spans.term_to', end_days) ~ ' end, '
                ~ add_days('billed.billed_through_date', days)
                ~ ') - spans.valid_from, 0), version_lines.version_days + ' ~ end_days ~ ')',
                'version_lines.term_days',
            ) }}
        end as {{ price }}_minor{{ ',' if not loop.last }}
    {%- endfor %}
    from billed
    inner join spans
        on
            billed.contract_id = spans.contract_id
            and billed.billed_through_date >= spans.known_from
    left join version_lines
        on
            spans.contract_version_id = version_lines.contract_version_id
            and billed.contract_line_id = version_lines.contract_line_id

),

summed as (

    select
        contract_id,
        contract_line_id,
        invoice_id,
        {{ sum_or_unknown('even_minor') }} as even_minor,
        {{ sum_or_unknown('allowed_minor') }} as allowed_minor
    from priced
    group by contract_id, contract_line_id, invoice_id, known_from

),

allowed as (

    select
        contract_id,
        contract_line_id,
        invoice_id,
        max(even_minor) as even_minor,
        max(allowed_minor) as price_minor,
        count(*) = count(allowed_minor) as is_known
    from summed
    group by contract_id, contract_line_id, invoice_id

),

compared as (

    -- An unknown price is held as such. A minor unit for each invoice line is rounding.
    select
        billed.*,
        allowed.price_minor,
        billed.billed_minor - allowed.even_minor as ahead_minor,
        billed.billed_minor - billed.billed_line_count - allowed.price_minor as over_minor
    from billed
    inner join allowed using (contract_id, contract_line_id, invoice_id)
    where allowed.is_known

)

select * from compared
