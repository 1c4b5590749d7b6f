-- Every proposed line is dated inside a period that its ERP has open.
{{ config(meta={'dagster': {'ref': {'name': 'proposed_lines'}}}) }}
select
    proposed_lines.subledger_line_key,
    proposed_lines.posting_date
from {{ ref('proposed_lines') }} as proposed_lines
left join {{ source('exports', 'erp_periods') }} as erp_periods
    on
        proposed_lines.erp_code = erp_periods.erp_code
        and proposed_lines.legal_entity_code = erp_periods.legal_entity_code
        and proposed_lines.posting_date between erp_periods.start_date and erp_periods.end_date
        and erp_periods.state = 'open'
where erp_periods.erp_code is null
