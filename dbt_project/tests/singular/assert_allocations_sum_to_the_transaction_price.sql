-- The shares of a version's obligations add up to its price: no cent is lost between them.
select
    contract_version_id,
    min(transaction_price_minor) as transaction_price_minor,
    sum(allocated_price_minor) as allocated_minor
from {{ ref('performance_obligations') }}
group by contract_version_id
having
    min(transaction_price_minor) is distinct from sum(allocated_price_minor)
    or min(transaction_price_minor) <> max(transaction_price_minor)
