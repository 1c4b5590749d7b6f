-- One row per prepaid credit, usage charge and day it pays for. A charge falls on the days of its
-- use by their quantity, or by their events when none has a quantity; one without use falls on its
-- last day. Credits pay by priority, then the one that expires first, then the older one, each for
-- the days it is valid.
with

credits as (

    select * from {{ ref('int_prepaid_credits') }}

),

usage_charges as (

    select * from {{ ref('usage_charges') }} where charge_minor > 0

),

daily_usage as (

    select * from {{ ref('daily_usage') }}

),

charges as (

    select * from usage_charges
    where contract_id in (select credits.contract_id from credits)

),

used as (

    select
        charges.usage_charge_id,
        daily_usage.usage_date,
        case
            when max(daily_usage.quantity) over (partition by charges.usage_charge_id) > 0
                then {{ scaled_quantity('greatest(daily_usage.quantity, 0)') }}
            else daily_usage.event_count
        end as weight
    from charges
    inner join daily_usage
        on
            charges.contract_version_id = daily_usage.contract_version_id
            and charges.contract_line_id = daily_usage.contract_line_id
            and daily_usage.usage_date between charges.service_start_date and charges.through_date

),

weighed as (

    select
        charges.usage_charge_id,
        charges.contract_id,
        charges.contract_line_id,
        charges.charge_minor,
        coalesce(used.usage_date, charges.through_date) as usage_date,
        coalesce(used.weight, 1) as weight
    from charges
    left join used on charges.usage_charge_id = used.usage_charge_id and used.weight > 0

),

shared as (

    select
        *,
        sum(weight) over (partition by usage_charge_id order by usage_date) as weight_through,
        sum(weight) over (partition by usage_charge_id) as weight_total
    from weighed

),

fees as (

    select
        contract_id,
        contract_line_id,
        usage_charge_id,
        usage_date,
        {{ share_between(
            'charge_minor', 'weight_through - weight', 'weight_through', 'weight_total'
        ) }} as amount,
        row_number() over (
            partition by contract_id order by usage_date, contract_line_id, usage_charge_id
        ) as position
    from shared

),

wallets as (

    select
        contract_id,
        prepaid_credit_id as wallet_id,
        priority,
        credit_minor as balance,
        starts_on,
        ends_on,
        pays_for,
        row_number() over (
            partition by contract_id order by ends_on, starts_on, occurred_at, prepaid_credit_id
        ) as position
    from credits

),

steps as (

    {{ wallet_steps(
        'fees', 'wallets', 'contract_id', ['contract_line_id', 'usage_charge_id', 'usage_date'],
        'steps.usage_date between ordered.starts_on and ordered.ends_on and ('
        ~ 'ordered.pays_for is null or ' ~ list_has('ordered.pays_for', 'steps.contract_line_id')
        ~ ')',
    ) }}

),

drawn as (

    select
        wallet_id as prepaid_credit_id,
        usage_charge_id,
        usage_date,
        cast(paid_amount as bigint) as drawn_minor
    from steps
    where paid_amount > 0

)

select * from drawn
