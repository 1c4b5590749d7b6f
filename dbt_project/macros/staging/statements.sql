{# What the events in the CTE `events` state of one thing with money, typed; the CTE `currencies`
   knows the decimals. When several events name a thing, the newest counts. `fields` names columns
   and the field of the event each is read from, `dates` and `amounts` those of other types. #}
{% macro staged_statements(identity, fields, amounts, dates={}) -%}
    select
        events.event_key,
        events.source,
        {{ json_text('events.data', identity) }} as {{ identity }},
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'currency') }} as currency,
        {%- for name, field in fields.items() %}
            {{ json_text('events.data', field) }} as {{ name }},
        {%- endfor %}
        {%- for name, field in dates.items() %}
            cast({{ json_text('events.data', field) }} as date) as {{ name }},
        {%- endfor %}
        {%- for name, field in amounts.items() %}
            {{ to_minor(json_text('events.data', field), 'currencies.minor_unit_exponent') }}
                as {{ name }},
        {%- endfor %}
        events.correlation_id,
        events.occurred_at,
        events.known_at,
        row_number() over (
            partition by {{ json_text('events.data', identity) }}
            order by events.occurred_at desc, events.event_key desc
        ) = 1 as is_newest
    from events
    left join currencies
        on {{ json_text('events.data', 'currency') }} = currencies.currency
{%- endmacro %}
