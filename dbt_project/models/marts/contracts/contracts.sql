-- One row per contract, as everything known says it stands.
with

announced as (

    select * from {{ ref('int_contracts_announced') }}

),

amendments as (

    select * from {{ ref('int_contract_amendments_judged') }}

),

cancellations as (

    select * from {{ ref('int_contract_cancellations_judged') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

last_versions as (

    select
        contract_versions.contract_id,
        contract_versions.term_end_date,
        {{ add_days('contract_versions.valid_to', -1) }} as service_end_date
    from contract_versions
    qualify
        row_number() over (
            partition by contract_versions.contract_id
            order by contract_versions.version_number desc
        ) = 1

),

unconfirmed as (

    select amendments.contract_id from amendments where amendments.outcome = 'unconfirmed'
    union distinct
    select cancellations.contract_id from cancellations where cancellations.outcome = 'unconfirmed'

),

contracts as (

    select
        announced.contract_id,
        announced.subscription_id,
        announced.previous_contract_id,
        announced.source,
        announced.source_customer_id,
        customers.customer_id,
        announced.legal_entity_code,
        announced.currency,
        announced.term_start_date,
        coalesce(last_versions.term_end_date, announced.term_end_date) as term_end_date,
        coalesce(
            last_versions.service_end_date, {{ add_days('announced.term_start_date', -1) }}
        ) as service_end_date,
        cancellations.cancellation_policy,
        cancellations.effective_date as cancellation_date,
        announced.billing_frequency,
        announced.billing_timing,
        announced.is_announced_by_owner and unconfirmed.contract_id is null as is_confirmed,
        announced.event_key as created_event_key,
        announced.correlation_id
    from announced
    left join customers
        on
            announced.source = customers.source
            and announced.source_customer_id = customers.source_customer_id
    left join last_versions on announced.contract_id = last_versions.contract_id
    left join cancellations
        on
            announced.contract_id = cancellations.contract_id
            and cancellations.outcome = 'applied'
    left join unconfirmed on announced.contract_id = unconfirmed.contract_id

)

select * from contracts
