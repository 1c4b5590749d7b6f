-- One row per value of an answer: prices of quantities, in lines, runs, buckets, groups and units.
with

observed as (

    select
        quantities.case_id || '|' || quantities.part || '|' || quantities.run_number
        || '|' || quantities.period_number || '|now' as rating_id,
        quantities.*,
        true as is_now,
        coalesce(quantities.quantity_before, 0) + quantities.quantity as metered_quantity
    from cases.quantities as quantities
    union all
    select
        quantities.case_id || '|' || quantities.part || '|' || quantities.run_number
        || '|' || quantities.period_number || '|before' as rating_id,
        quantities.*,
        false as is_now,
        coalesce(quantities.quantity_before, 0) as metered_quantity
    from cases.quantities as quantities
    inner join cases.terms as terms on quantities.case_id = terms.case_id
    where
        terms.scenario is null
        and terms.price_model <> 'flat'
        and (quantities.quantity_before is not null or terms.line_position in ('middle', 'last'))
        and not (terms.price_model = 'volume' and terms.line_position is not null)

),

converted as (

    select
        observed.*,
        terms.* exclude (case_id),
        {{ converted_quantity(
            'observed.metered_quantity', 'terms.conversion_operation', 'terms.conversion_factor',
            'terms.conversion_decimals', 'terms.conversion_rounding',
        ) }} as converted_quantity
    from observed
    inner join cases.terms as terms on observed.case_id = terms.case_id

),

tiers as (

    select
        tiers.* exclude (up_to_quantity, unit_price),
        case
            when tiers.block_size is null then tiers.up_to_quantity
            else {{ block_bound('tiers', 'tiers.case_id, tiers.part') }}
        end as up_to_quantity,
        coalesce(tiers.unit_price, {{ percent_as_price('tiers.rate_percent') }}) as unit_price
    from cases.tiers as tiers

),

rated as (

    select
        converted.*,
        {{ billable_quantity('converted.converted_quantity', 'converted.free_quantity') }}
            as billable_quantity,
        coalesce(
            converted.full_quantity,
            {{ billable_quantity('converted.converted_quantity', 'converted.free_quantity') }}
        ) as deciding_quantity,
        tiers.tier_number,
        tiers.up_to_quantity,
        tiers.unit_price,
        tiers.flat_amount,
        tiers.tier_cap,
        tiers.block_size
    from converted
    inner join tiers
        on converted.case_id = tiers.case_id and converted.part = tiers.part

),

tiered as ({{ tier_arithmetic('rated', 'rating_id') }}),

priced as (

    select
        tiered.rating_id,
        {{ rating_amount('tiered') }} as amount_scaled,
        case when count(tiered.tier_cap) = 0 then sum(tiered.units_scaled) end as units_scaled,
        sum({{ scaled_by_18('tiered.flat_due') }}) as flat_scaled,
        sum(tiered.takes) as takes,
        max(case when tiered.takes > 0 or tiered.is_first then tiered.tier_number end)
            as tier_number
    from tiered
    group by tiered.rating_id

),

amounts as (

    select
        converted.*,
        priced.* exclude (rating_id),
        {{ round_scaled(
            'priced.amount_scaled', 'converted.rounding_decimals', 'converted.rounding_mode'
        ) }} as rounded_scaled
    from converted
    left join priced on converted.rating_id = priced.rating_id

),

parts as (

    select
        totals.case_id,
        totals.part,
        case
            when
                totals.price_model = 'flat'
                and totals.line_position <> 'single'
                and totals.billing_mode is null
                then null
            when not {{ line_bills(
                'totals.price_model', 'totals.billing_mode', 'totals.line_position'
            ) }} then 0
            when
                earlier.rating_id is null
                or (totals.quantity_before = 0 and totals.line_position in ('single', 'first'))
                then totals.rounded_scaled
            when
                totals.quantity_before = 0
                and totals.line_position is null
                and earlier.rounded_scaled <> 0
                then null
            -- Whether the difference is rounded or what it is taken of matters where it shows.
            when
                totals.price_model = 'dynamic'
                or totals.rounded_scaled - earlier.rounded_scaled = {{ round_scaled(
                    'totals.amount_scaled - earlier.amount_scaled',
                    'totals.rounding_decimals', 'totals.rounding_mode',
                ) }}
                then totals.rounded_scaled - earlier.rounded_scaled
        end as line_scaled,
        coalesce(earlier.rounded_scaled, 0) as earlier_scaled,
        {{ round_scaled(
            'totals.units_scaled - coalesce(earlier.units_scaled, 0)',
            'totals.rounding_decimals', 'totals.rounding_mode',
        ) }} as units_scaled,
        {{ round_scaled(
            'totals.flat_scaled - coalesce(earlier.flat_scaled, 0)',
            'totals.rounding_decimals', 'totals.rounding_mode',
        ) }} as flat_scaled,
        totals.takes - coalesce(earlier.takes, 0) as takes,
        totals.converted_quantity - coalesce(earlier.converted_quantity, 0) as converted_quantity,
        totals.tier_number,
        coalesce(
            totals.full_quantity,
            case
                when totals.free_quantity is not null
                    then
                        {{ billable_quantity('totals.converted_quantity', 'totals.free_quantity') }}
                        - coalesce({{ billable_quantity(
                            'earlier.converted_quantity', 'earlier.free_quantity'
                        ) }}, 0)
            end,
            totals.quantity
        ) as counted_quantity
    from amounts as totals
    left join amounts as earlier
        on
            totals.case_id = earlier.case_id
            and totals.part = earlier.part
            and not earlier.is_now
    where totals.is_now and totals.scenario is null

),

lines as (

    select
        parts.case_id,
        case when count(*) = count(parts.line_scaled) then sum(parts.line_scaled) end
            as line_scaled,
        sum(parts.earlier_scaled) as earlier_scaled,
        sum(parts.counted_quantity) as counted_quantity
    from parts
    group by parts.case_id

),

discounted as (

    select
        lines.*,
        terms.* exclude (case_id),
        coalesce(terms.line_position, 'single') in ('single', 'last') as is_last,
        coalesce(
            {{ scaled_by_18('terms.amount_billed_before') }},
            {{ within_limits(
                less_percent(
                    'lines.earlier_scaled', 'terms.percent_discount',
                    'terms.rounding_decimals', 'terms.rounding_mode',
                ),
                'terms.maximum_amount', 'terms.minimum_amount', 'false',
            ) }}
        ) as billed_before_scaled,
        case
            when coalesce(terms.minimum_amount, terms.maximum_amount) is not null then 0
            else coalesce({{ scaled_by_18('terms.amount_billed_before') }}, 0)
        end as already_billed_scaled,
        {{ percent_of(
            'lines.line_scaled', 'coalesce(terms.percent_discount, 0)',
            'terms.rounding_decimals', 'terms.rounding_mode',
        ) }} as discount_scaled
    from lines
    inner join cases.terms as terms on lines.case_id = terms.case_id

),

capped as (

    select
        discounted.*,
        {{ above_maximum(
            'discounted.line_scaled - discounted.discount_scaled',
            'discounted.billed_before_scaled', scaled_by_18('discounted.maximum_amount'),
        ) }} as maximum_discount_scaled,
        discounted.line_scaled - discounted.discount_scaled as net_scaled
    from discounted

),

lifted as (

    select
        capped.*,
        {{ below_minimum(
            'capped.net_scaled - capped.maximum_discount_scaled',
            'capped.billed_before_scaled', scaled_by_18('capped.minimum_amount'),
            'capped.is_last',
        ) }} as minimum_top_up_scaled
    from capped

),

run_lines as (

    select
        amounts.*,
        amounts.rounded_scaled - lag(amounts.rounded_scaled, 1, 0) over (
            partition by amounts.case_id, amounts.run_number order by amounts.period_number
        ) as line_scaled
    from amounts
    where amounts.scenario in ('rerating_delta', 'late_usage_period_preserving')

),

net_lines as (

    select
        run_lines.*,
        {{ less_percent(
            'run_lines.line_scaled', 'run_lines.percent_discount',
            'run_lines.rounding_decimals', 'run_lines.rounding_mode',
        ) }} as net_scaled
    from run_lines

),

run_sums as (

    select
        net_lines.*,
        case
            when count(net_lines.net_scaled) over so_far = count(*) over so_far
                then sum(net_lines.net_scaled) over so_far
        end as cumulative_scaled
    from net_lines
    window so_far as (
        partition by net_lines.case_id, net_lines.run_number
        order by net_lines.period_number
        rows between unbounded preceding and current row
    )

),

run_totals as (

    select
        run_sums.case_id,
        run_sums.run_number,
        run_sums.period_number,
        {{ within_limits(
            'run_sums.cumulative_scaled', 'run_sums.maximum_amount', 'run_sums.minimum_amount',
            'run_sums.is_final',
        ) }} as total_scaled
    from run_sums

),

booked as ({{ booked_by_run('run_totals', 'case_id') }}),

buckets as (

    select
        amounts.case_id,
        min(amounts.rounding_decimals) as rounding_decimals,
        min(amounts.rounding_mode) as rounding_mode,
        case when count(*) = count(amounts.amount_scaled) then sum(amounts.amount_scaled) end
            as amount_scaled
    from amounts
    where amounts.scenario = 'bucketed'
    group by amounts.case_id

),

answers as (

    select
        lifted.case_id,
        'amount' as key,
        null as position,
        null as subposition,
        null as name,
        lifted.line_scaled - lifted.already_billed_scaled as scaled
    from lifted
    union all
    select
        lifted.case_id,
        'percent_discount_amount',
        null,
        null,
        null,
        lifted.discount_scaled
    from lifted
    union all
    select
        lifted.case_id,
        'maximum_discount',
        null,
        null,
        null,
        lifted.maximum_discount_scaled
    from lifted
    union all
    select
        lifted.case_id,
        'minimum_top_up',
        null,
        null,
        null,
        lifted.minimum_top_up_scaled
    from lifted
    union all
    select
        lifted.case_id,
        'total',
        null,
        null,
        null,
        lifted.net_scaled - lifted.maximum_discount_scaled + lifted.minimum_top_up_scaled
    from lifted
    union all
    select
        lifted.case_id,
        'effective_unit_amount',
        null,
        null,
        null,
        {{ effective_unit_amount(
            'lifted.line_scaled', 'lifted.counted_quantity', 'lifted.effective_decimals'
        ) }} as scaled
    from lifted
    where scaled is not null
    union all
    select
        parts.case_id,
        case when amounts.price_model like 'block%' then 'unit_amounts' else 'group_amounts' end,
        null,
        null,
        parts.part,
        parts.line_scaled
    from parts
    inner join amounts
        on parts.case_id = amounts.case_id and parts.part = amounts.part and amounts.is_now
    where parts.part <> ''
    union all
    select
        parts.case_id,
        'unit_part',
        null,
        null,
        null,
        parts.units_scaled
    from parts
    where parts.part = '' and parts.units_scaled is not null
    union all
    select
        parts.case_id,
        'flat_part',
        null,
        null,
        null,
        parts.flat_scaled
    from parts
    where parts.part = '' and parts.flat_scaled is not null
    union all
    select
        parts.case_id,
        'packages',
        null,
        null,
        null,
        {{ scaled_by_18('parts.takes') }}
    from parts
    where parts.part = ''
    union all
    select
        parts.case_id,
        'converted_quantity',
        null,
        null,
        null,
        {{ scaled_by_18('parts.converted_quantity') }}
    from parts
    where parts.part = ''
    union all
    select
        parts.case_id,
        'tier_number',
        null,
        null,
        null,
        {{ whole_as_scaled('parts.tier_number') }}
    from parts
    where parts.part = '' and parts.tier_number is not null
    union all
    select
        tiered.case_id,
        'tier_amounts',
        tiered.tier_number,
        null,
        null,
        {{ round_scaled('tiered.amount_scaled', 'tiered.rounding_decimals', 'tiered.rounding_mode') }}
    from tiered
    where
        tiered.is_now
        and tiered.scenario is null
        and tiered.part = ''
        and coalesce(tiered.quantity_before, 0) = 0
        and (
            tiered.takes > 0
            or (
                tiered.is_first
                and tiered.billable_quantity = 0
                and tiered.bills_first_flat_at_zero
            )
        )
    union all
    select
        booked.case_id,
        'run_amounts',
        booked.run_number,
        null,
        null,
        case when count(*) = count(booked.booked_scaled) then sum(booked.booked_scaled) end
    from booked
    group by booked.case_id, booked.run_number
    union all
    select
        booked.case_id,
        'run_period_amounts',
        booked.run_number,
        booked.period_number,
        null,
        booked.booked_scaled
    from booked
    inner join cases.terms as terms
        on booked.case_id = terms.case_id and terms.scenario = 'late_usage_period_preserving'
    union all
    select
        buckets.case_id,
        'amount',
        null,
        null,
        null,
        {{ round_scaled('buckets.amount_scaled', 'buckets.rounding_decimals', 'buckets.rounding_mode') }}
    from buckets

)

select * from answers
