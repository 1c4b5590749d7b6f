{# The contract lines of the events in the CTE `events`, typed, with our products by the CTE
   `product_references`. `contract_id` names the field of the event that says which contract they
   are part of. #}
{% macro staged_contract_lines(contract_id='contract_id') -%}
    select
        lines.event_key,
        lines.contract_id,
        {{ json_text('lines.line', 'contract_line_id') }} as contract_line_id,
        {{ product_columns(json_text('lines.line', 'product_code'), 'lines.source') }},
        {{ json_text('lines.line', 'line_kind') }} as line_kind,
        cast({{ json_text('lines.line', 'quantity') }} as decimal(17, 6)) as quantity,
        cast({{ json_text('lines.line', 'unit_price') }} as decimal(20, 12)) as unit_price,
        {{ json_text('lines.line', 'price_period') }} as price_period,
        {{ json_text('lines.line', 'meter_code') }} as meter_code,
        {{ json_text('lines.line', 'price_id') }} as price_id
    from (
        select
            events.event_key,
            events.source,
            {{ json_text('events.data', contract_id) }} as contract_id,
            {{ json_elements('events.data', 'lines') }} as line
        from events
    ) as lines
    {{ join_products(json_text('lines.line', 'product_code'), 'lines.source') }}
{%- endmacro %}
