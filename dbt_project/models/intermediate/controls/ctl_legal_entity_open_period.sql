-- One row per legal entity: does the ERP have an open period on or after the cut-off?
with

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

open_periods as (

    select
        erp_code as period_erp_code,
        legal_entity_code as period_entity_code,
        max(end_date) as last_open_date
    from {{ source('exports', 'erp_periods') }}
    where state = 'open'
    group by erp_code, legal_entity_code

),

described as (

    select
        'legal_entity' as subject_type,
        legal_entities.legal_entity_code as subject_key,
        legal_entities.*,
        open_periods.last_open_date
    from legal_entities
    left join open_periods
        on
            legal_entities.erp_code = open_periods.period_erp_code
            and legal_entities.legal_entity_code = open_periods.period_entity_code

),

findings as (

    select
        {{ finding(
            control_code="'OPEN_PERIOD'",
            is_passed='coalesce(last_open_date >= cutoff_date, false)',
            exception_code="'NO_OPEN_PERIOD'",
            sentence="'Legal entity ' || subject_key || ': the ERP has no open period on or after '"
            " || cast(cutoff_date as varchar) || coalesce(', the last one open ends on '"
            " || cast(last_open_date as varchar), '') || '.'",
            amount_minor='0',
            currency='functional_currency',
        ) }}
    from described

)

select * from findings
