{# The events of one kind of document, typed, from the CTEs `events` and `currencies`. When several
   events name a document, the one registered first counts. `fields` and `amounts` name columns and
   the type or the field of the event each is read from. A document without an id of its own is
   named by the fields in `named_by`. #}
{% macro staged_documents(document_id, fields, amounts, named_by=[]) -%}
    {%- set names = named_by or [document_id] -%}
    {%- set texts = [] -%}
    {%- for name in names -%}
        {%- do texts.append(json_text('events.data', name)) -%}
    {%- endfor -%}
    {%- set identity = texts[0] if texts | length == 1
        else "concat_ws('@', " ~ texts | join(', ') ~ ")" -%}
    select
        events.event_key,
        events.source,
        {{ identity }} as {{ document_id }},
        {{ json_text('events.data', 'customer_id') }} as source_customer_id,
        {{ json_text('events.data', 'legal_entity_code') }} as legal_entity_code,
        {{ json_text('events.data', 'currency') }} as currency,
        {%- for name, data_type in fields.items() %}
            cast({{ json_text('events.data', name) }} as {{ data_type }}) as {{ name }},
        {%- endfor %}
        {%- for name, field in amounts.items() %}
            {{ to_minor(json_text('events.data', field), 'currencies.minor_unit_exponent') }}
                as {{ name }},
        {%- endfor %}
        events.correlation_id,
        events.occurred_at,
        events.known_at,
        row_number() over (
            partition by {{ identity }}
            order by events.known_at, events.occurred_at, events.event_key
        ) = 1 as is_first
    from events
    left join currencies
        on {{ json_text('events.data', 'currency') }} = currencies.currency
{%- endmacro %}

{# The lines of the documents that count, typed, from the CTEs `events`, `documents` and
   `currencies`. `ids` are columns of the document; `fields` and `amounts` are read from a line.
   Lines with products take ours from the CTE `product_references`. #}
{% macro staged_document_lines(ids, fields, amounts, has_products=false) -%}
    select
        lines.event_key,
        {%- for name in ids %}
            lines.{{ name }},
        {%- endfor %}
        {%- if has_products %}
            {{ product_columns(json_text('lines.line', 'product_code'), 'lines.source') }},
        {%- endif %}
        {%- for name, data_type in fields.items() %}
            cast({{ json_text('lines.line', name) }} as {{ data_type }})
                as {{ name ~ '_date' if name in ['service_start', 'service_end'] else name }},
        {%- endfor %}
        {%- for name, field in amounts.items() %}
            {{ to_minor(json_text('lines.line', field), 'currencies.minor_unit_exponent') }}
                as {{ name }}{{ ',' if not loop.last }}
        {%- endfor %}
    from (
        select
            documents.*,
            {{ json_elements('events.data', 'lines') }} as line
        from events
        inner join documents on events.event_key = documents.event_key
    ) as lines
    left join currencies on lines.currency = currencies.currency
    {%- if has_products %}
        {{ join_products(json_text('lines.line', 'product_code'), 'lines.source') }}
    {%- endif %}
{%- endmacro %}
