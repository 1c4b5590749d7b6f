-- One row per ERP, legal entity and wanted day: the day itself when its period is open, else the
-- first day of the first open period after it; null when there is none.
with

wanted as (

    select distinct
        erp_code,
        legal_entity_code,
        wanted_posting_date
    from {{ ref('int_subledger_lines_compared') }}

),

erp_periods as (

    select * from {{ source('exports', 'erp_periods') }} where state = 'open'

),

dated as (

    select
        wanted.erp_code,
        wanted.legal_entity_code,
        wanted.wanted_posting_date,
        min(
            case
                when wanted.wanted_posting_date < erp_periods.start_date
                    then erp_periods.start_date
                when erp_periods.start_date is not null then wanted.wanted_posting_date
            end
        ) as posting_date
    from wanted
    left join erp_periods
        on
            wanted.erp_code = erp_periods.erp_code
            and wanted.legal_entity_code = erp_periods.legal_entity_code
            and wanted.wanted_posting_date <= erp_periods.end_date
    group by wanted.erp_code, wanted.legal_entity_code, wanted.wanted_posting_date

)

select * from dated
