-- One row per legal entity, open accounting period that has begun, and check of the close gate:
-- passed or not, with the numbers.
with

periods as (

    select * from {{ source('exports', 'erp_periods') }} where state = 'open'

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

last_closings as (

    select
        erp_code,
        legal_entity_code,
        max(as_of) as last_closed_as_of
    from {{ ref('stg_exports__period_decisions') }}
    where decision = 'closed'
    group by erp_code, legal_entity_code

),

close_checks as (

    select * from {{ ref('close_checks') }}

),

findings as (

    select * from {{ ref('int_close_gate_findings') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

asked as (

    select
        erp_code,
        legal_entity_code,
        periods.accounting_period,
        periods.end_date <= legal_entities.cutoff_date as is_period_over,
        last_closings.last_closed_as_of,
        close_checks.*,
        parameters.as_of as judged_as_of,
        parameters.ledger_head as judged_ledger_head
    from periods
    inner join legal_entities using (erp_code, legal_entity_code)
    left join last_closings using (erp_code, legal_entity_code)
    cross join close_checks
    cross join parameters
    where periods.start_date <= legal_entities.cutoff_date

),

answered as (

    select
        asked.*,
        cast(coalesce(sum(findings.finding_count), 0) as bigint) as finding_count,
        min(findings.sentence) as first_sentence
    from asked
    left join findings
        on
            asked.check_code = findings.check_code
            and asked.legal_entity_code
            = coalesce(findings.legal_entity_code, asked.legal_entity_code)
            and asked.accounting_period >= coalesce(findings.finding_period, '')
            and (
                asked.is_cumulative
                or asked.accounting_period
                = coalesce(findings.finding_period, asked.accounting_period)
            )
            and (
                findings.known_at is null
                or asked.last_closed_as_of is null
                or asked.last_closed_as_of < findings.known_at
            )
    group by all

),

final as (

    select
        concat_ws('|', erp_code, legal_entity_code, accounting_period, check_code)
            as close_gate_key,
        erp_code,
        legal_entity_code,
        accounting_period,
        is_period_over,
        check_code,
        position,
        title,
        severity,
        can_be_accepted,
        finding_count,
        finding_count = 0 as is_passed,
        case
            when finding_count = 0 then title || '.'
            else
                {{ count_text('finding_count') }} || ' ' || finding_words
                || '. First: ' || first_sentence
        end as sentence,
        judged_as_of,
        judged_ledger_head
    from answered

)

select * from final
