-- One row per subledger line key that was ever sealed: what the ERP was told in total, voided
-- documents left out, with the words of the latest batch.
with

sealed_lines as (

    select * from {{ source('ledger', 'sealed_lines') }}

),

balances as (

    select
        subledger_line_key,
        cast(sum(amount_minor) as bigint) as sealed_minor,
        cast(sum(functional_amount_minor) as bigint) as sealed_functional_minor
    from sealed_lines
    group by subledger_line_key

),

latest as (

    select * from sealed_lines
    qualify row_number() over (
        partition by subledger_line_key
        order by batch_number desc, document_key desc nulls last
    ) = 1

),

described as (

    select
        {%- for column in subledger_line_columns() %}
            latest.{{ column }},
        {%- endfor %}
        balances.sealed_minor,
        balances.sealed_functional_minor
    from latest
    inner join balances on latest.subledger_line_key = balances.subledger_line_key

)

select * from described
