-- One row per contract: is the usage of every meter and period at or above zero? For less
-- nothing is given back: that is billing's decision.
with

subjects as (

    select * from {{ ref('int_control_subjects') }} where subject_type = 'contract'

),

negative as (

    select
        contract_id,
        count(*) as charge_count,
        min(
            accounting_period || ', where ' || meter_code || ' comes to '
            || {{ quantity_text('quantity') }}
        ) as first_text
    from {{ ref('usage_charges') }}
    where quantity < 0
    group by contract_id

),

findings as (

    select
        {{ finding(
            control_code="'USAGE_SIGN'",
            is_passed='negative.contract_id is null',
            exception_code="'USAGE_NEGATIVE'",
            sentence="subject_text || ': ' || cast(negative.charge_count as varchar)"
            " || ' usage charges measure less than nothing, for which nothing is given back,'"
            " || ' the first in '"
            " || negative.first_text || '.'",
            amount_minor='0',
            currency='currency',
        ) }}
    from subjects
    left join negative on subjects.subject_key = negative.contract_id

)

select * from findings
