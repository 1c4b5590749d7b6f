-- One row per contract: does every usage charge have a price?
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

unpriced as (

    select
        contract_id,
        count(*) as charge_count,
        min(meter_code || ' in ' || accounting_period) as first_meter,
        sum(quantity) as quantity
    from {{ ref('usage_charges') }}
    where charge_minor is null
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'PRICE'",
            is_passed='unpriced.contract_id is null',
            exception_code="'PRICE_MISSING'",
            sentence="subject_text || ': ' || cast(unpriced.charge_count as varchar)"
            " || ' usage charges have no price, the first for ' || unpriced.first_meter"
            " || '; ' || cast(unpriced.quantity as varchar) || ' units wait.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join unpriced on subjects.subject_key = unpriced.contract_id

)

select * from findings
