-- One row per subledger line key that should exist or was sealed: should minus sealed, and what
-- holds it back.
with

lines as (

    select * from {{ ref('int_subledger_lines_held') }}

),

differences as (

    select
        {%- for column in subledger_line_columns() %}
            {{ column }},
        {%- endfor %}
        should_minor,
        sealed_minor,
        difference_minor,
        should_functional_minor,
        sealed_functional_minor,
        difference_functional_minor,
        hold_code,
        is_sealed_before
    from lines

)

select * from differences
