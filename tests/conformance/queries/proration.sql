-- One row per value of an answer: parts of periods, counts of days and periods, changes of plan.
with

prorations as (

    select * from cases.prorations

),

fractions as (

    select
        prorations.*,
        {{ days_between('prorations.from_date', 'prorations.to_date') }} as part,
        {{ days_between('prorations.period_from', 'prorations.period_to') }} as whole
    from prorations
    where prorations.method = 'fraction_of_period' and prorations.day_count = 'actual/actual'
    union all
    select
        prorations.*,
        case
            when not prorations.is_prorated or prorations.from_at = prorations.to_at
                then {{ microseconds_between('prorations.period_from_at', 'prorations.period_to_at') }}
            else {{ microseconds_between('prorations.from_at', 'prorations.to_at') }}
        end as part,
        {{ microseconds_between('prorations.period_from_at', 'prorations.period_to_at') }} as whole
    from prorations
    where prorations.method = 'seconds'
    union all
    select
        prorations.*,
        {{ stub_days('prorations.day_count', 'prorations.from_date', 'prorations.to_date') }} as part,
        {{ stub_period_days(
            'prorations.day_count', 'prorations.stub', 'prorations.from_date',
            'prorations.to_date', 'prorations.period_length',
        ) }} as whole
    from prorations
    where prorations.method = 'ratio' and prorations.period_unit = 'months'
    union all
    select
        prorations.*,
        {{ inclusive_days('prorations.day_count', 'prorations.from_date', 'prorations.to_date') }}
            as part,
        {{ inclusive_month_days('prorations.day_count', 'prorations.from_date') }} as whole
    from prorations
    where prorations.method = 'inclusive_month_ratio'

),

shares as (

    -- In lowest terms, or large amounts by the microsecond outgrow the integers.
    select
        fractions.*,
        {{ fraction_numerator(
            div_truncated('fractions.part', common_divisor('fractions.part', 'fractions.whole')),
            div_truncated('fractions.whole', common_divisor('fractions.part', 'fractions.whole')),
            'fractions.quotient_decimals',
        ) }} as numerator,
        {{ fraction_denominator(
            div_truncated('fractions.whole', common_divisor('fractions.part', 'fractions.whole')),
            'fractions.quotient_decimals',
        ) }} as denominator
    from fractions
    where fractions.part >= 0 and fractions.whole > 0

),

cycles as (

    select
        prorations.*,
        {{ first_billing_month(
            'prorations.from_date', 'prorations.bill_cycle_day', 'prorations.period_length'
        ) }} as first_month
    from prorations
    where
        prorations.method = 'billing_cycles'
        and prorations.billing_mode = 'advance'
        and prorations.period_unit = 'months'

),

billed as (

    select
        cycles.*,
        {{ billed_in_advance('cycles') }} as cycles_scaled
    from cycles

),

counted as (

    select
        prorations.*,
        case prorations.method
            when 'whole_periods'
                then {{ whole_periods(
                    'prorations.from_date', 'prorations.to_date',
                    'prorations.period_length', 'prorations.period_unit',
                ) }}
            when 'day_count'
                then {{ days_between(
                    local_date('prorations.from_at', 'prorations.time_zone'),
                    local_date('prorations.to_at', 'prorations.time_zone'),
                ) }}
        end as counted
    from prorations
    where prorations.method in ('whole_periods', 'day_count')

),

terms as (

    select
        prorations.*,
        {{ fraction_numerator(
            'prorations.partial_days', 'prorations.partial_denominator_days',
            'prorations.quotient_decimals',
        ) }} as numerator,
        {{ fraction_denominator(
            'prorations.partial_denominator_days', 'prorations.quotient_decimals'
        ) }} as denominator
    from prorations
    where prorations.method = 'months_plus_days'

),

changes as (

    select
        plan_changes.*,
        {{ days_between('plan_changes.change_date', 'plan_changes.period_to') }} as days_left,
        {{ days_between('plan_changes.period_from', 'plan_changes.period_to') }} as period_days
    from cases.plan_changes as plan_changes
    where
        plan_changes.day_count = 'actual/actual'
        and plan_changes.change_date between plan_changes.period_from and plan_changes.period_to

),

settled as (

    select
        changes.*,
        {{ amount_for_rest('changes', 'old_amount', 'old_quantity') }} as credit_scaled,
        {{ amount_for_rest('changes', 'new_amount', 'new_quantity') }} as charge_scaled
    from changes

),

answers as (

    select
        shares.case_id,
        'amount' as key,
        null as position,
        null as name,
        {{ amount_of_fraction(
            'shares.amount', 'shares.numerator', 'shares.denominator',
            'shares.rounding_decimals', 'shares.rounding_mode', 'coalesce(shares.tax_percent, 0)',
        ) }} as scaled
    from shares
    where shares.amount is not null
    union all
    select
        shares.case_id,
        'precise_amount',
        null,
        null,
        {{ amount_of_fraction(
            'shares.amount', 'shares.numerator', 'shares.denominator',
            'shares.precise_decimals', "'half_up'",
        ) }}
    from shares
    where shares.precise_decimals is not null
    union all
    select
        shares.case_id,
        case
            when shares.method = 'inclusive_month_ratio' then unnest(['days', 'denominator'])
            else unnest(['billable_days', 'period_days'])
        end,
        null,
        null,
        {{ whole_as_scaled('unnest([shares.part, shares.whole])') }}
    from shares
    where shares.method in ('inclusive_month_ratio', 'fraction_of_period')
    union all
    select
        shares.case_id,
        'ratio',
        null,
        null,
        {{ scaled_quotient('shares.part', 'shares.whole', 'shares.quotient_decimals') }}
    from shares
    where
        shares.method in ('ratio', 'inclusive_month_ratio')
        and shares.quotient_decimals is not null
    union all
    select
        billed.case_id,
        'cycles',
        null,
        null,
        billed.cycles_scaled
    from billed
    union all
    select
        counted.case_id,
        case counted.method when 'day_count' then 'days' else 'whole_periods' end,
        null,
        null,
        {{ whole_as_scaled('counted.counted') }}
    from counted
    union all
    select
        terms.case_id,
        'amount',
        null,
        null,
        {{ amount_of_fraction(
            'terms.amount', '(terms.full_months * terms.denominator + terms.numerator)',
            'terms.denominator', 'terms.rounding_decimals', 'terms.rounding_mode',
        ) }}
    from terms
    union all
    select
        terms.case_id,
        'term_count',
        null,
        null,
        {{ whole_as_scaled('terms.full_months') }}
        + {{ scaled_quotient(
            'terms.partial_days', 'terms.partial_denominator_days', 'terms.quotient_decimals'
        ) }} as scaled
    from terms
    where scaled is not null
    union all
    select
        prorations.case_id,
        'credit',
        null,
        null,
        {{ scaled_by_18(capped_credit(
            'prorations.amount', 'prorations.amount_billed', 'prorations.previous_credits'
        )) }}
    from prorations
    where prorations.method = 'credit_cap'
    union all
    select
        settled.case_id,
        unnest(['credit', 'charge']),
        null,
        null,
        unnest([settled.credit_scaled, settled.charge_scaled])
    from settled
    where settled.component is null
    union all
    select
        settled.case_id,
        'component_amounts',
        settled.position,
        settled.component || '|' || unnest(['credit', 'charge']),
        unnest([settled.credit_scaled, settled.charge_scaled])
    from settled
    where settled.component is not null and not settled.is_usage_based
    union all
    select
        settled.case_id,
        'net',
        null,
        null,
        case
            when count(*) = count(settled.charge_scaled - settled.credit_scaled)
                then sum(settled.charge_scaled - settled.credit_scaled)
        end
    from settled
    group by settled.case_id

)

select
    answers.case_id,
    answers.key,
    answers.position,
    null as subposition,
    answers.name,
    answers.scaled
from answers
