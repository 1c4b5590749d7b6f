-- One row per customer.
-- The declared owner's word stands; while it has said nothing, the company folder's does.
with

claims as (

    select * from {{ ref('int_customer_status_claims') }}

),

owners as (

    select * from {{ ref('stg_reference__systems_of_record') }}
    where object = 'customer' and attribute = 'status'

),

ranked as (

    select
        claims.customer_id,
        claims.source as winning_source,
        claims.status
    from claims
    left join owners on claims.source = owners.source
    where owners.source is not null or claims.source = 'reference'
    qualify
        row_number() over (
            partition by claims.customer_id
            order by case when owners.source is not null then 0 else 1 end, claims.source
        ) = 1

)

select * from ranked
