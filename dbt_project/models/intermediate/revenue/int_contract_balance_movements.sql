-- One row per cause and measure of a contract's balances: what billing, credits and recognition say
-- themselves beside what the subledger lines say, so that the two can be compared. What a document
-- of another legal entity claims about a contract is no balance of the contract, and what people
-- adjust stands beside it.
with

lines as (

    select * from {{ ref('subledger_lines') }}
    where
        coalesce(document_type, '') not in ('adjustment', 'reversal')
        and (
            account_role = 'deferred_revenue'
            or coalesce(document_type, '')
            not in ('payment', 'payment_failure', 'refund', 'write_off', 'dispute_lost')
        )

),

facts as (

    select * from {{ ref('int_contract_balance_facts') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

claimed as (

    select
        contract_id,
        legal_entity_code,
        currency,
        {{ accounting_period('day') }} as accounting_period,
        measure,
        coalesce(amount_minor, 0) as amount_minor
    from facts
    union all
    select
        contract_id,
        legal_entity_code,
        transaction_currency as currency,
        origin_period as accounting_period,
        account_role as measure,
        coalesce(amount_minor, 0) as amount_minor
    from lines
    where
        account_role in (
            'deferred_revenue', 'unbilled_receivable', 'accounts_receivable', 'customer_credit'
        )

),

movements as (

    select claimed.*
    from claimed
    inner join contracts
        on
            claimed.contract_id = contracts.contract_id
            and claimed.legal_entity_code = contracts.legal_entity_code

)

select * from movements
