-- One row per usage charge: what prepaid credit pays of it, what that credit had cost, and what is
-- left for an invoice.
with

usage_charges as (

    select * from {{ ref('usage_charges') }}

),

drawn as (

    select
        usage_charge_id,
        cast(-sum(amount_minor) as bigint) as drawn_minor,
        cast(sum(revenue_minor) as bigint) as drawn_revenue_minor
    from {{ ref('prepaid_credit_movements') }}
    where movement_kind = 'drawn'
    group by usage_charge_id

),

payable as (

    select
        usage_charges.*,
        coalesce(drawn.drawn_minor, 0) as drawn_minor,
        coalesce(drawn.drawn_revenue_minor, 0) as drawn_revenue_minor,
        usage_charges.charge_minor - coalesce(drawn.drawn_minor, 0) as payable_minor
    from usage_charges
    left join drawn on usage_charges.usage_charge_id = drawn.usage_charge_id

)

select * from payable
