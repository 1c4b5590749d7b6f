-- Nothing of a contract or document that a control holds back reaches a proposal.
{{ config(meta={'dagster': {'ref': {'name': 'proposed_lines'}}}) }}
select
    proposed_lines.subledger_line_key,
    holds.subject_type,
    holds.subject_key,
    holds.hold_code
from {{ ref('proposed_lines') }} as proposed_lines
inner join {{ ref('holds') }} as holds
    on
        (holds.subject_type = 'contract' and proposed_lines.contract_id = holds.subject_key)
        or (
            holds.subject_type = 'document'
            and proposed_lines.document_type || ':' || proposed_lines.document_id
            = holds.subject_key
        )
