-- One row per cause and measure of a contract's balances, as billing, credits, payments and
-- recognition say themselves.
with

settlements as (

    select * from {{ ref('int_settlements_by_contract') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

steps as (

    select * from {{ ref('int_recognition_steps') }} where document_type is null

),

concession_steps as (

    select * from {{ ref('int_concession_steps') }}

),

write_off_lines as (

    select * from {{ ref('int_write_off_lines') }}

),

dated as (

    select
        contract_id,
        legal_entity_code,
        currency,
        invoice_date as day,
        'billed' as measure,
        net_minor as amount_minor
    from invoice_lines
    union all
    select
        contract_id,
        legal_entity_code,
        currency,
        credit_date as day,
        'credited' as measure,
        net_minor as amount_minor
    from credit_lines
    union all
    select
        contract_id,
        legal_entity_code,
        currency,
        step_end_date as day,
        'recognized' as measure,
        amount_minor
    from steps
    union all
    select
        contract_id,
        legal_entity_code,
        currency,
        write_off_date as day,
        'written_off' as measure,
        amount_minor
    from write_off_lines
    union all
    select
        credit_lines.contract_id,
        credit_lines.legal_entity_code,
        credit_lines.currency,
        concession_steps.step_end_date as day,
        'recognized' as measure,
        -concession_steps.amount_minor as amount_minor
    from concession_steps
    inner join credit_lines
        on
            concession_steps.document_type = credit_lines.document_type
            and concession_steps.credit_id = credit_lines.credit_id
            and concession_steps.credit_line_id = credit_lines.credit_line_id
    union all
    select
        contract_id,
        legal_entity_code,
        currency,
        settled_date as day,
        'accounts_receivable' as measure,
        -receivable_minor as amount_minor
    from settlements
    union all
    select
        contract_id,
        legal_entity_code,
        currency,
        settled_date as day,
        'customer_credit' as measure,
        -customer_credit_minor as amount_minor
    from settlements

)

select * from dated
