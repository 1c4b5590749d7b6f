-- One row per subledger line key that should exist or was sealed, with both sides, the difference
-- and the day it would be posted if its period were open.
with

should_lines as (

    select * from {{ ref('subledger_lines') }}

),

sealed_lines as (

    select * from {{ ref('int_sealed_line_balances') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

joined as (

    select
        {%- for column in subledger_line_columns() %}
            coalesce(should_lines.{{ column }}, sealed_lines.{{ column }}) as {{ column }},
        {%- endfor %}
        should_lines.subledger_line_key is not null as is_in_should,
        sealed_lines.subledger_line_key is not null as is_sealed_before,
        case
            when should_lines.subledger_line_key is null then 0
            else should_lines.amount_minor
        end as should_minor,
        coalesce(sealed_lines.sealed_minor, 0) as sealed_minor,
        case
            when should_lines.subledger_line_key is null then 0
            else should_lines.functional_amount_minor
        end as should_functional_minor,
        coalesce(sealed_lines.sealed_functional_minor, 0) as sealed_functional_minor
    from should_lines
    full join sealed_lines
        on should_lines.subledger_line_key = sealed_lines.subledger_line_key

),

compared as (

    select
        joined.*,
        joined.should_minor - joined.sealed_minor as difference_minor,
        joined.should_functional_minor - joined.sealed_functional_minor
            as difference_functional_minor,
        case
            when joined.entry_type in ('recognition', 'usage_accrual')
                then least(
                    joined.effective_date,
                    coalesce(legal_entities.cutoff_date, joined.effective_date)
                )
            else joined.effective_date
        end as wanted_posting_date
    from joined
    left join legal_entities on joined.legal_entity_code = legal_entities.legal_entity_code

)

select * from compared
