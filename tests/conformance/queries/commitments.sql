-- One row per value of an answer: commitments, true-ups and overage.
with

commitments as (

    select
        commitments.*,
        {{ days_between('commitments.from_date', 'commitments.to_date') }} as days,
        {{ days_between('commitments.period_from', 'commitments.period_to') }} as period_days
    from cases.commitments as commitments

),

prorated as (

    select
        commitments.*,
        {{ amount_of_fraction(
            'commitments.amount', 'commitments.days', 'commitments.period_days',
            'commitments.rounding_decimals', 'commitments.rounding_mode',
        ) }} as commitment_scaled,
        {{ amount_of_fraction(
            'commitments.plan_fee', 'commitments.days', 'commitments.period_days',
            'commitments.rounding_decimals', 'commitments.rounding_mode',
        ) }} as plan_fee_scaled
    from commitments
    where commitments.days >= 0

),

fees as (

    select
        commitments.case_id,
        coalesce(sum({{ scaled_by_18('fees.amount') }}), 0) as used_scaled,
        coalesce(
            sum({{ round_scaled(
                scaled_by_18('fees.amount'),
                'commitments.rounding_decimals', 'commitments.rounding_mode',
            ) }}),
            0
        ) as rounded_scaled
    from commitments
    left join cases.commitment_fees as fees
        on commitments.case_id = fees.case_id and fees.covers = 'this_period'
    where commitments.method = 'true_up'
    group by commitments.case_id

),

used as (

    -- Fees rounded one by one or together: where that differs, the case does not say which.
    select
        commitments.*,
        case
            when not commitments.rounds_fees_first then fees.used_scaled
            when
                fees.rounded_scaled = {{ round_scaled(
                    'fees.used_scaled', 'commitments.rounding_decimals', 'commitments.rounding_mode'
                ) }}
                then fees.rounded_scaled
        end as used_scaled
    from commitments
    inner join fees on commitments.case_id = fees.case_id

),

windows as (

    select
        windowed.case_id,
        sum(windowed.utilized_fine) as utilized_fine,
        sum(windowed.true_up_fine) as true_up_fine,
        sum(windowed.overage_fine) as overage_fine,
        count(*) = count(windowed.utilized_fine + windowed.true_up_fine + windowed.overage_fine)
            as is_known
    from ({{ window_amounts('cases.commitment_windows') }}) as windowed
    group by windowed.case_id

),

window_parts as (

    select
        windows.case_id,
        unnest(['total', 'utilized', 'true_up', 'overage']) as key,
        unnest([
            windows.utilized_fine + windows.true_up_fine + windows.overage_fine,
            windows.utilized_fine,
            windows.true_up_fine,
            windows.overage_fine
        ]) as fine
    from windows
    where windows.is_known

),

cumulative as (

    select
        commitments.*,
        {{ within_commitment('commitments.amount', 'commitments.used_before', 'commitments.used_now') }}
            as within
    from commitments
    where commitments.method = 'cumulative_commitment'

),

cumulative_fine as (

    select
        cumulative.*,
        {{ or_unknown(
            scaled_amount('cumulative.used_now - cumulative.within')
            ~ ' * ' ~ scaled_quantity('cumulative.overage_factor')
        ) }} as overage_fine,
        case
            when cumulative.is_prepaid then 0
            else {{ scaled_amount('cumulative.within') }} * 1000000
        end as within_fine
    from cumulative

),

cumulative_parts as (

    select
        fine.*,
        unnest(['total', 'overage']) as key,
        unnest([fine.within_fine + fine.overage_fine, fine.overage_fine]) as fine
    from cumulative_fine as fine

),

answers as (

    select
        prorated.case_id,
        'commitment_due' as key,
        prorated.commitment_scaled as scaled
    from prorated
    where prorated.method = 'prorated_commitment'
    union all
    select
        prorated.case_id,
        'true_up',
        {{ round_scaled(
            true_up(
                'prorated.commitment_scaled',
                '(prorated.plan_fee_scaled + ' ~ scaled_by_18('prorated.usage_fees') ~ ')',
            ),
            'prorated.rounding_decimals', 'prorated.rounding_mode',
        ) }}
    from prorated
    where prorated.method = 'true_up_prorated'
    union all
    select
        used.case_id,
        'true_up',
        {{ round_scaled(
            true_up(scaled_by_18('used.amount'), 'used.used_scaled'),
            'used.rounding_decimals', 'used.rounding_mode',
        ) }}
    from used
    union all
    select
        window_parts.case_id,
        window_parts.key,
        {{ round_ratio(
            'window_parts.fine', '1000000', '18',
            'commitments.rounding_decimals', 'commitments.rounding_mode',
        ) }}
    from window_parts
    inner join commitments on window_parts.case_id = commitments.case_id
    union all
    select
        parts.case_id,
        parts.key,
        {{ round_ratio(
            'parts.fine', '1000000', '12', 'parts.rounding_decimals', 'parts.rounding_mode'
        ) }}
    from cumulative_parts as parts
    union all
    select
        commitments.case_id,
        'total',
        {{ round_scaled(
            '(' ~ at_least(
                scaled_by_18('commitments.normal_charge'), scaled_by_18('commitments.amount')
            ) ~ ' + ' ~ scaled_by_18('commitments.overage_charge') ~ ')',
            'commitments.rounding_decimals', 'commitments.rounding_mode',
        ) }}
    from commitments
    where commitments.method = 'line_commitment_with_overage'

)

select
    answers.case_id,
    answers.key,
    null as position,
    null as subposition,
    null as name,
    answers.scaled
from answers
