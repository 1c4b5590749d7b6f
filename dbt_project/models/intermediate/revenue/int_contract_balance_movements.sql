-- One row per cause and measure of a contract's balances: what billing, credits and recognition say
-- themselves beside what the subledger lines say, so that the two can be compared.
with

lines as (

    select * from {{ ref('subledger_lines') }} where document_type is distinct from 'payment'

),

payments as (

    select * from {{ ref('int_payments_by_contract') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

steps as (

    select * from {{ ref('int_recognition_steps') }}

),

concession_steps as (

    select * from {{ ref('int_concession_steps') }}

),

dated as (

    select
        contract_id,
        currency,
        invoice_date as day,
        'billed' as measure,
        net_minor as amount_minor
    from invoice_lines
    union all
    select
        contract_id,
        currency,
        credit_date as day,
        'credited' as measure,
        net_minor as amount_minor
    from credit_lines
    union all
    select
        contract_id,
        currency,
        step_end_date as day,
        'recognized' as measure,
        amount_minor
    from steps
    union all
    select
        credit_lines.contract_id,
        credit_lines.currency,
        concession_steps.step_end_date as day,
        'recognized' as measure,
        -concession_steps.amount_minor as amount_minor
    from concession_steps
    inner join credit_lines
        on
            concession_steps.credit_id = credit_lines.credit_id
            and concession_steps.credit_line_id = credit_lines.credit_line_id
    union all
    select
        contract_id,
        currency,
        paid_date as day,
        'accounts_receivable' as measure,
        -receivable_minor as amount_minor
    from payments
    union all
    select
        contract_id,
        currency,
        paid_date as day,
        'customer_credit' as measure,
        -customer_credit_minor as amount_minor
    from payments

),

movements as (

    select
        contract_id,
        currency,
        {{ accounting_period('day') }} as accounting_period,
        measure,
        coalesce(amount_minor, 0) as amount_minor
    from dated
    union all
    select
        contract_id,
        transaction_currency as currency,
        origin_period as accounting_period,
        account_role as measure,
        coalesce(amount_minor, 0) as amount_minor
    from lines
    where
        account_role in (
            'deferred_revenue', 'unbilled_receivable', 'accounts_receivable', 'customer_credit'
        )

)

select * from movements
