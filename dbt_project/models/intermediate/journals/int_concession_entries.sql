-- One row per account role and period that a concession takes revenue back in.
with

steps as (

    select * from {{ ref('int_concession_steps') }}

),

credit_lines as (

    select * from {{ ref('int_credit_lines_valued') }}

),

legs as (

    {{ entry_legs(
        'steps',
        keys=['document_type', 'credit_id', 'credit_line_id', 'step_end_date'],
        legs=[
            ("'revenue'", 'amount_minor', 'functional_minor'),
            ("'deferred_revenue'", '-amount_minor', '-functional_minor'),
        ],
    ) }}

),

entries as (

    select
        credit_lines.legal_entity_code,
        credit_lines.contract_id,
        credit_lines.customer_id,
        credit_lines.document_type,
        credit_lines.credit_id as document_id,
        credit_lines.credit_line_id as document_line_id,
        credit_lines.contract_line_id,
        cast(null as varchar) as contract_version_id,
        credit_lines.product_code,
        'recognition' as entry_type,
        legs.account_role,
        credit_lines.currency as transaction_currency,
        legs.step_end_date as effect_date,
        legs.amount_minor,
        legs.functional_amount_minor,
        cast(null as varchar) as price_version,
        credit_lines.rate_id,
        cast(1 as bigint) as source_event_count,
        credit_lines.correlation_id
    from legs
    inner join credit_lines
        on
            legs.document_type = credit_lines.document_type
            and legs.credit_id = credit_lines.credit_id
            and legs.credit_line_id = credit_lines.credit_line_id

)

select * from entries
