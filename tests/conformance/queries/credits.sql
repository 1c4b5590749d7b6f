-- One row per value of an answer: credits, wallets and grants that pay for what is due.
with

bills as (

    select
        bills.case_id,
        bills.method,
        sum(items.amount) as total,
        sum({{ at_least('items.amount', '0') }}) as payable
    from cases.bills as bills
    inner join cases.bill_items as items on bills.case_id = items.case_id
    where bills.method in ('apply_to_lines', 'wallets')
    group by bills.case_id, bills.method

),

credits as (

    select
        wallets.*,
        bills.payable,
        coalesce(
            sum(wallets.balance) over (
                partition by wallets.case_id
                order by wallets.position
                rows between unbounded preceding and 1 preceding
            ),
            0
        ) as credits_before
    from cases.wallets as wallets
    inner join bills on wallets.case_id = bills.case_id and bills.method = 'apply_to_lines'

),

applied as (

    select
        credits.*,
        {{ credit_applied('credits.balance', 'credits.credits_before', 'credits.payable') }} as applied
    from credits

),

wallet_fees as (

    select items.*
    from cases.bill_items as items
    inner join bills on items.case_id = bills.case_id and bills.method = 'wallets'

),

paying as ({{ after_wallets('wallet_fees', 'cases.wallets', 'case_id') }}),

payments as (

    select
        paying.*,
        lag(paying.due_amount) over (partition by paying.case_id order by paying.step)
        - paying.due_amount as paid,
        lead(paying.step) over (partition by paying.case_id order by paying.step) is null as is_last
    from paying

),

ordered_grants as (

    select
        grants.*,
        least(
            coalesce(grants.expires_at, timestamp '9999-12-31'),
            coalesce(grants.voided_at, timestamp '9999-12-31')
        ) as ends_at,
        row_number() over (
            partition by grants.case_id
            order by grants.priority, grants.expires_at nulls last, grants.position
        ) as burn_order
    from cases.grants as grants

),

balances as ({{ grant_balances('cases.spans', 'ordered_grants', 'cases.usages', 'case_id') }}),

undecided as (

    -- Whether what happens at the very end of the span has happened is not said, nor whether a
    -- balance at its start is from before or after the grant starts again.
    select distinct grants.case_id
    from ordered_grants as grants
    inner join cases.spans as spans on grants.case_id = spans.case_id
    where
        spans.until_at in (grants.effective_at, grants.ends_at)
        or (
            spans.until_at < grants.ends_at
            and {{ microseconds_between('grants.anchor_at', 'spans.until_at') }}
            % (grants.every_days * 86400000000) = 0
        )
        or (
            grants.starting_balance <> grants.amount
            and {{ microseconds_between('grants.anchor_at', 'spans.start_at') }}
            % (grants.every_days * 86400000000) = 0
        )

),

granted as (

    select balances.*
    from balances
    where balances.case_id not in (select undecided.case_id from undecided)

),

answers as (

    select
        bills.case_id,
        'applied_total' as key,
        null as position,
        null as name,
        {{ scaled_by_18('coalesce(paid.applied, 0)') }} as scaled
    from bills
    left join (
        select
            applied.case_id,
            sum(applied.applied) as applied
        from applied
        group by applied.case_id
    ) as paid on bills.case_id = paid.case_id
    where bills.method = 'apply_to_lines'
    union all
    select
        bills.case_id,
        'amount_due',
        null,
        null,
        {{ scaled_by_18('(bills.total - coalesce(sum(applied.applied), 0))') }}
    from bills
    left join applied on bills.case_id = applied.case_id
    where bills.method = 'apply_to_lines'
    group by bills.case_id, bills.total
    union all
    select
        applied.case_id,
        'remaining_credits',
        applied.position,
        null,
        {{ scaled_by_18('(applied.balance - applied.applied)') }}
    from applied
    union all
    select
        payments.case_id,
        'payments',
        payments.step,
        payments.wallet_id,
        case
            when {{ whole_units(scaled_by_18('payments.paid'), 'bills.rounding_decimals') }} > 0
                then {{ scaled_by_18('payments.paid') }}
        end
    from payments
    inner join cases.bills as bills on payments.case_id = bills.case_id
    where payments.paid > 0
    union all
    select
        payments.case_id,
        'amount_due',
        null,
        null,
        {{ scaled_by_18('payments.due_amount') }}
    from payments
    inner join cases.bills as bills on payments.case_id = bills.case_id
    where
        payments.is_last
        and {{ whole_units(scaled_by_18('payments.due_amount'), 'bills.rounding_decimals') }}
        is not null
    union all
    select
        granted.case_id,
        'balances',
        null,
        granted.grant_id,
        {{ scaled_by_18('granted.balance') }}
    from granted
    union all
    select
        granted.case_id,
        'overage',
        null,
        null,
        {{ scaled_by_18('max(granted.overage)') }}
    from granted
    group by granted.case_id

)

select
    answers.case_id,
    answers.key,
    answers.position,
    null as subposition,
    answers.name,
    answers.scaled
from answers
