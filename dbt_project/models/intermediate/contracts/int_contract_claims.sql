{%- set contract_attributes = [
    'customer_id',
    'legal_entity_code',
    'currency',
    'term_start_date',
    'term_end_date',
    'billing_frequency',
    'billing_timing',
] -%}
-- One row per announcement of a contract and attribute that two sources may state differently.
with

created as (

    select * from {{ ref('int_contracts_created') }}

),

announced as (

    select * from {{ ref('int_contracts_announced') }}

),

customers as (

    select * from {{ ref('int_customers_resolved') }}

),

terms as (

    select
        created.*,
        customers.customer_id,
        announced.event_key is not null as is_winner
    from created
    left join announced on created.event_key = announced.event_key
    left join customers
        on
            created.source = customers.source
            and created.source_customer_id = customers.source_customer_id

),

contract_claims as (

    {% for attribute in contract_attributes %}
        select
            terms.contract_id,
            '{{ attribute }}' as attribute,
            terms.source,
            cast(terms.{{ attribute }} as varchar) as stated_value,
            terms.is_winner,
            terms.occurred_at,
            terms.event_key
        from terms
        {% if not loop.last %}
            union all
        {% endif %}
    {% endfor %}

)

select * from contract_claims
