{#
    One row per event of a percentage price: how much of it is free, and what it costs.

    An event is free while its ordinal is within free_events and the running total within
    free_amount; the one that passes free_amount is free in part. A paid one costs the rate on its
    paid part and the fixed amount, between the minimum and the maximum of one event. A limit
    of none beside one of something is read in two ways by those who sell so: it is unknown.
#}
{% macro percentage_events(events, key) -%}
    select
        freed.*,
        case
            when
                freed.amount < 0
                or (freed.free_events = 0 and freed.free_amount > 0)
                or (freed.free_events > 0 and freed.free_amount = 0)
                then null
            when freed.is_free then 0
            else {{ at_most(
                at_least(
                    scaled_quantity('freed.amount - freed.free_part')
                    ~ ' * ' ~ scaled_price(percent_as_price('freed.rate_percent'))
                    ~ ' + ' ~ scaled_by_18('freed.fixed_amount_per_event'),
                    scaled_by_18('freed.minimum_per_event'),
                ),
                scaled_by_18('freed.maximum_per_event'),
            ) }}
        end as amount_scaled
    from (
        select
            counted.*,
            case
                when counted.free_events is null and counted.free_amount is null then 0
                when counted.ordinal > counted.free_events then 0
                when counted.free_amount is null then counted.amount
                else {{ at_least(
                    at_most(
                        'counted.free_amount - counted.running_total + counted.amount',
                        'counted.amount',
                    ),
                    '0',
                ) }}
            end as free_part,
            coalesce(counted.free_events, counted.free_amount) is not null
            and counted.ordinal <= coalesce(counted.free_events, counted.ordinal)
            and counted.running_total <= coalesce(counted.free_amount, counted.running_total)
                as is_free
        from (
            select
                events.*,
                row_number() over so_far as ordinal,
                sum(events.amount) over so_far as running_total
            from {{ events }} as events
            window so_far as (
                partition by events.{{ key }}
                order by events.position
                rows between unbounded preceding and current row
            )
        ) as counted
    ) as freed
{%- endmacro %}
