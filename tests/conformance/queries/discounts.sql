-- One row per value of an answer: coupons, discounts spread over fees, allocations, free units.
with

subtotals as (

    select
        bills.*,
        coalesce(items.subtotal, 0) as subtotal,
        {{ scaled_by_18('coalesce(items.subtotal, 0)') }} as subtotal_scaled
    from cases.bills as bills
    left join (
        select
            bill_items.case_id,
            sum(bill_items.amount) as subtotal
        from cases.bill_items as bill_items
        group by bill_items.case_id
    ) as items on bills.case_id = items.case_id

),

coupon_bills as (

    select * from subtotals where method = 'coupons'

),

left_over as ({{ after_coupons('coupon_bills', 'cases.coupons', 'case_id') }}),

discounted as (

    select
        subtotals.*,
        subtotals.subtotal_scaled - left_over.left_scaled as discount_scaled,
        left_over.left_scaled
    from subtotals
    inner join left_over on subtotals.case_id = left_over.case_id

),

to_spread as (

    select
        discounted.case_id,
        discounted.discount_scaled as total_scaled,
        discounted.rounding_decimals,
        true as must_be_even
    from discounted
    union all
    select
        subtotals.case_id,
        case
            when subtotals.method = 'spread'
                then {{ scaled_by_18(at_most('subtotals.amount', 'subtotals.subtotal')) }}
            else {{ scaled_by_18('subtotals.amount') }}
        end,
        subtotals.rounding_decimals,
        false
    from subtotals
    where subtotals.method in ('spread', 'allocate')

),

items as (

    select
        to_spread.*,
        bill_items.position,
        bill_items.item_key,
        bill_items.tie_break,
        {{ scaled_amount('bill_items.amount') }} as weight,
        {{ whole_units('to_spread.total_scaled', 'to_spread.rounding_decimals') }} as total_units
    from to_spread
    inner join cases.bill_items as bill_items on to_spread.case_id = bill_items.case_id

),

shares as ({{ largest_remainder('items', 'case_id') }}),

answers as (

    select
        discounted.case_id,
        'discount_total' as key,
        null as position,
        null as name,
        discounted.discount_scaled as scaled
    from discounted
    union all
    select
        to_spread.case_id,
        'discount_total',
        null,
        null,
        to_spread.total_scaled
    from to_spread
    inner join subtotals on to_spread.case_id = subtotals.case_id and subtotals.method = 'spread'
    union all
    select
        discounted.case_id,
        'final_total',
        null,
        null,
        discounted.left_scaled
    from discounted
    where
        discounted.left_scaled = {{ round_scaled(
            'discounted.left_scaled', 'discounted.rounding_decimals', 'discounted.rounding_mode'
        ) }}
    union all
    select
        shares.case_id,
        case when shares.item_key is null then 'fee_discounts' else 'allocations' end,
        shares.position,
        shares.item_key,
        shares.share_units * {{ power_of_ten('18 - shares.rounding_decimals') }}
    from shares
    where
        not shares.must_be_even
        or shares.case_id not in (
            select uneven.case_id from shares as uneven
            where uneven.remainder is distinct from 0 and uneven.total_units <> 0
        )
    union all
    select
        bills.case_id,
        unnest(['billable_quantity', 'billable_quantity_before', 'discounted_quantity']),
        null,
        null,
        unnest([
            {{ scaled_by_18(
                billable_quantity('bills.quantity', free_quantity_left('bills.amount', 'bills.quantity_before'))
            ) }},
            {{ scaled_by_18(billable_quantity('bills.quantity_before', 'bills.amount')) }},
            {{ scaled_by_18(
                'bills.quantity - '
                ~ billable_quantity('bills.quantity', free_quantity_left('bills.amount', 'bills.quantity_before'))
            ) }}
        ])
    from cases.bills as bills
    where bills.method = 'usage_quantity'

)

select
    answers.case_id,
    answers.key,
    answers.position,
    null as subposition,
    answers.name,
    answers.scaled
from answers
