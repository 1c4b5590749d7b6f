-- What would be sealed of an entry group sums to zero in both currencies: a group is posted whole.
select
    entry_group_key,
    sum(difference_minor) as imbalance_minor,
    sum(difference_functional_minor) as functional_imbalance_minor
from {{ ref('proposed_lines') }}
group by entry_group_key
having sum(difference_minor) <> 0 or sum(difference_functional_minor) <> 0
