-- One row per contract or document that has a customer: is the customer known and active?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where has_customer

),

customers as (

    select
        source as customer_source,
        source_customer_id as customer_source_id,
        customer_id,
        status,
        is_active
    from {{ ref('int_customers_resolved') }}

),

findings as (

    select
        {{ finding(
            control_code="'CUSTOMER_STATUS'",
            is_passed='coalesce(customers.is_active, false)',
            exception_code="case when customers.customer_id is null then 'CUSTOMER_UNKNOWN'"
            " else 'CUSTOMER_INACTIVE' end",
            sentence="subject_text || ' over ' || amount_text || ': customer '"
            " || coalesce(source_customer_id, '(none)') || ' of ' || source || case"
            " when customers.customer_id is null then ' is in no cross-reference.'"
            " else ' (' || customers.customer_id || ') is '"
            " || coalesce(customers.status, 'without a status') || '.' end",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join customers
        on
            subjects.source = customers.customer_source
            and subjects.source_customer_id = customers.customer_source_id

)

select * from findings
