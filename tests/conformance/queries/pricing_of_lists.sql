-- One row per value of an answer: percentages of events, prices of events, of capacity, of units
-- that stay, and the rounding of amounts and lines.
with

paid as ({{ percentage_events('cases.percentage_events', 'case_id') }}),

percentages as (

    select
        terms.case_id,
        case
            when count(paid.case_id) = count(paid.amount_scaled)
                then coalesce(sum(paid.amount_scaled), 0)
        end as amount_scaled,
        coalesce(sum(paid.amount), 0) as quantity
    from cases.terms as terms
    left join paid on terms.case_id = paid.case_id
    where terms.price_model = 'percentage'
    group by terms.case_id

),

capacities as (

    {{ capacity_amounts(
        'cases.capacity_tiers', 'cases.capacity_limits', 'cases.capacity_quantities', 'case_id'
    ) }}

),

fractions as (

    select
        unit_moves.case_id,
        unit_moves.position,
        unit_moves.quantity,
        case
            when unit_moves.moved_on is null
                then {{ reduced_numerator('unit_moves.prorated_quantity', 'unit_moves.quantity') }}
            else {{ days_between('unit_moves.moved_on', 'unit_moves.period_end') }}
        end as fraction_numerator,
        case
            when unit_moves.moved_on is null
                then {{ reduced_denominator('unit_moves.prorated_quantity', 'unit_moves.quantity') }}
            else {{ days_between('unit_moves.period_start', 'unit_moves.full_period_end') }}
        end as fraction_denominator
    from cases.unit_moves as unit_moves
    where unit_moves.quantity <> 0

),

moves as ({{ moves_of_one_denominator('fractions', 'case_id') }}),

stayed_tiers as (

    select
        tiers.*,
        terms.bills_first_flat_at_zero
    from cases.tiers as tiers
    inner join cases.terms as terms
        on tiers.case_id = terms.case_id and terms.price_model = 'prorated_graduated'

),

stayed_ratings as (

    select
        case_id,
        cast(null as decimal(17, 6)) as reached_before_quantity
    from cases.terms
    where price_model = 'prorated_graduated'

),

slices as ({{ unit_move_slices('moves', 'stayed_tiers', 'case_id') }}),

stayed_by_tier as (

    {{ prorated_graduated_tiers('stayed_ratings', 'slices', 'stayed_tiers', 'case_id') }}

),

stayed as ({{ prorated_graduated_amounts('stayed_by_tier', 'case_id') }}),

lines as (

    select
        line_amounts.*,
        terms.rounding_decimals,
        terms.rounding_mode,
        {{ round_scaled(
            scaled_by_18('line_amounts.amount'), 'terms.rounding_decimals', 'terms.rounding_mode'
        ) }} as rounded_scaled
    from cases.line_amounts as line_amounts
    inner join cases.terms as terms
        on
            line_amounts.case_id = terms.case_id
            and terms.price_model in ('line_sum', 'amount_rounding')

),

priced_events as (

    select
        terms.case_id,
        coalesce(sum({{ scaled_by_18('line_amounts.amount') }}), 0) as amount_scaled,
        coalesce(sum(line_amounts.quantity), 0) as quantity,
        min(terms.effective_decimals) as effective_decimals
    from cases.terms as terms
    left join cases.line_amounts as line_amounts on terms.case_id = line_amounts.case_id
    where terms.price_model = 'dynamic'
    group by terms.case_id

),

unrounded as (

    select
        percentages.case_id,
        percentages.amount_scaled as scaled
    from percentages
    union all
    select
        capacities.case_id,
        case
            when capacities.has_usage then {{ scaled_by_18('capacities.amount') }} else 0
        end - coalesce({{ scaled_by_18('terms.amount_billed_before') }}, 0)
    from capacities
    inner join cases.terms as terms on capacities.case_id = terms.case_id
    union all
    select
        priced_events.case_id,
        priced_events.amount_scaled
    from priced_events

),

answers as (

    select
        unrounded.case_id,
        'amount' as key,
        {{ round_scaled('unrounded.scaled', 'terms.rounding_decimals', 'terms.rounding_mode') }}
            as scaled
    from unrounded
    inner join cases.terms as terms on unrounded.case_id = terms.case_id
    union all
    select
        priced_events.case_id,
        'effective_unit_amount',
        {{ effective_unit_amount(
            'priced_events.amount_scaled', 'priced_events.quantity',
            'priced_events.effective_decimals',
        ) }} as scaled
    from priced_events
    where scaled is not null
    union all
    select
        percentages.case_id,
        'effective_unit_amount',
        {{ effective_unit_amount(
            'percentages.amount_scaled', 'percentages.quantity', 'terms.effective_decimals'
        ) }} as scaled
    from percentages
    inner join cases.terms as terms on percentages.case_id = terms.case_id
    where scaled is not null
    union all
    select
        stayed.case_id,
        'effective_unit_amount',
        {{ effective_unit_amount(
            round_ratio(
                'stayed.numerator', 'stayed.denominator', '18',
                'terms.rounding_decimals', 'terms.rounding_mode',
            ),
            at_least('stayed.full_quantity', '0'), 'terms.effective_decimals',
        ) }} as scaled
    from stayed
    inner join cases.terms as terms on stayed.case_id = terms.case_id
    where scaled is not null
    union all
    select
        stayed.case_id,
        'amount',
        {{ round_ratio(
            'stayed.numerator', 'stayed.denominator', '18',
            'terms.rounding_decimals', 'terms.rounding_mode',
        ) }}
    from stayed
    inner join cases.terms as terms on stayed.case_id = terms.case_id
    union all
    select
        stayed.case_id,
        'full_quantity',
        {{ scaled_by_18('stayed.full_quantity') }}
    from stayed
    union all
    select
        lines.case_id,
        'amount',
        case when count(*) = count(lines.rounded_scaled) then sum(lines.rounded_scaled) end
    from lines
    group by lines.case_id

)

select
    answers.case_id,
    answers.key,
    null as position,
    null as subposition,
    null as name,
    answers.scaled
from answers
