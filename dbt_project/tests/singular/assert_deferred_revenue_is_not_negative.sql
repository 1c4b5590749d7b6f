-- A contract that nothing holds back owes service or owes nothing: its deferred revenue is never
-- below zero.
{{ config(meta={'dagster': {'ref': {'name': 'contract_balances'}}}) }}
select contract_balances.*
from {{ ref('contract_balances') }} as contract_balances
left join {{ ref('holds') }} as holds
    on holds.subject_type = 'contract' and contract_balances.contract_id = holds.subject_key
where contract_balances.deferred_revenue_minor < 0 and holds.subject_key is null
