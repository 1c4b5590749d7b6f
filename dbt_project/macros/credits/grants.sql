{#
    Metered credit grants: what is left of each at the end of a span, and the usage that found
    nothing to burn. Usage burns active grants by priority (lower first), then the one that expires
    first. A grant counts from its effective instant to its expiry or voiding, half-open; a
    recurring one starts again from its full amount. Overage is taken from the next grant that
    becomes active or recurs.

    `grants` has one row per account (`key`) and grant: burn_order, amount, starting_balance,
    effective_at, ends_at, anchor_at, every_days. `usages` has the usage, `spans` the span.
#}
{% macro grant_balances(spans, grants, usages, key) -%}
    with recursive

    timeline as ({{ grant_timeline(spans, grants, usages, key) }}),

    steps as (

        select
            grants.{{ key }},
            cast(0 as bigint) as step,
            grants.grant_id,
            grants.burn_order,
            grants.amount,
            cast(
                case
                    when grants.effective_at <= spans.start_at and grants.ends_at > spans.start_at
                        then coalesce(grants.starting_balance, grants.amount)
                    else 0
                end as decimal(38, 12)
            ) as balance,
            cast(0 as decimal(38, 12)) as overage
        from {{ grants }} as grants
        inner join {{ spans }} as spans on grants.{{ key }} = spans.{{ key }}
        union all
        select
            steps.{{ key }},
            steps.step + 1 as step,
            steps.grant_id,
            steps.burn_order,
            steps.amount,
            cast(
                case
                    when timeline.kind = 'usage'
                        then steps.balance - {{ burned('steps.balance', 'timeline.quantity', key) }}
                    when timeline.grant_id <> steps.grant_id then steps.balance
                    when timeline.kind = 'start'
                        then greatest(steps.amount - steps.overage, 0)
                    else 0
                end as decimal(38, 12)
            ) as balance,
            cast(
                case timeline.kind
                    when 'usage'
                        then
                            steps.overage + greatest(
                                timeline.quantity
                                - sum(steps.balance) over (partition by steps.{{ key }}),
                                0
                            )
                    when 'start' then greatest(steps.overage - timeline.quantity, 0)
                    else steps.overage
                end as decimal(38, 12)
            ) as overage
        from steps
        inner join timeline
            on steps.{{ key }} = timeline.{{ key }} and steps.step + 1 = timeline.ordinal

    )

    select
        steps.{{ key }},
        steps.grant_id,
        steps.balance,
        steps.overage
    from steps
    qualify
        row_number() over (
            partition by steps.{{ key }}, steps.grant_id order by steps.step desc
        ) = 1
{%- endmacro %}

{# Part of a usage that burns one balance, after the balances before it. #}
{% macro burned(balance, quantity, key) -%}
    greatest(
        least(
            {{ balance }},
            {{ quantity }} - coalesce(
                sum({{ balance }}) over (
                    partition by steps.{{ key }}
                    order by steps.burn_order
                    rows between unbounded preceding and 1 preceding
                ),
                0
            )
        ),
        0
    )
{%- endmacro %}

{# All that happens within a span, in order: at one instant grants end before others start, and
   usage comes last. The quantity of a start is the amount of the grant. #}
{% macro grant_timeline(spans, grants, usages, key) -%}
    select
        happened.*,
        row_number() over (
            partition by happened.{{ key }}
            order by
                happened.happened_at,
                case happened.kind when 'end' then 0 when 'start' then 1 else 2 end,
                happened.position,
                happened.grant_id
        ) as ordinal
    from (
        select
            grants.{{ key }},
            'end' as kind,
            grants.grant_id,
            grants.burn_order as position,
            grants.ends_at as happened_at,
            grants.amount as quantity
        from {{ grants }} as grants
        inner join {{ spans }} as spans on grants.{{ key }} = spans.{{ key }}
        where
            grants.ends_at > spans.start_at
            and grants.ends_at < spans.until_at
            and grants.effective_at < grants.ends_at
        union all
        select
            starts.{{ key }},
            'start' as kind,
            starts.grant_id,
            starts.burn_order as position,
            starts.started_at as happened_at,
            starts.amount as quantity
        from (
            select
                grants.*,
                grants.effective_at as started_at
            from {{ grants }} as grants
            union
            select
                grants.*,
                {{ recurring_instants(
                    'grants.anchor_at', 'grants.every_days', 'grants.effective_at', 'spans.until_at'
                ) }} as started_at
            from {{ grants }} as grants
            inner join {{ spans }} as spans on grants.{{ key }} = spans.{{ key }}
            where grants.every_days > 0
        ) as starts
        inner join {{ spans }} as spans on starts.{{ key }} = spans.{{ key }}
        where
            starts.started_at > spans.start_at
            and starts.started_at < spans.until_at
            and starts.started_at < starts.ends_at
        union all
        select
            usages.{{ key }},
            'usage' as kind,
            '' as grant_id,
            usages.position,
            usages.occurred_at as happened_at,
            usages.quantity
        from {{ usages }} as usages
        inner join {{ spans }} as spans on usages.{{ key }} = spans.{{ key }}
        where usages.occurred_at >= spans.start_at and usages.occurred_at < spans.until_at
    ) as happened
{%- endmacro %}
