-- One row per invoice: the contracts it bills, and whether all of them are known.
with

invoices as (

    select * from {{ ref('stg_events__invoices') }} where is_first

),

invoice_lines as (

    select * from {{ ref('stg_events__invoice_lines') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

grouped as (

    select
        invoices.invoice_id,
        {{ comma_list('invoice_lines.contract_id') }} as contract_ids,
        count(*) = count(contracts.contract_id) as is_known
    from invoices
    inner join invoice_lines on invoices.event_key = invoice_lines.event_key
    left join contracts on invoice_lines.contract_id = contracts.contract_id
    group by invoices.invoice_id

)

select * from grouped
