{%- set checks = {
    'continuity': "contracts.contract_id is not null
            and renewed_by.customer_id = contracts.customer_id
            and renewed_by.legal_entity_code = contracts.legal_entity_code
            and renewed_by.currency = contracts.currency
            and renewals.common_count > 0
            and renewals.term_start_date <= " ~ add_days('renewals.previous_term_end_date', 1) ~ "
            and (
                renewals.contract_id = renewals.previous_contract_id
                or renewals.treatment = 'new_contract'
            )",
    'price_change': "renewals.repriced_product_code is null
            or renewals.price_change_reason is not null",
    'auto_renew': "not renewals.is_auto_renewed or renewals.changed_product_code is null",
    'treatment': "coalesce(renewals.stated_treatment = renewals.treatment, true)",
} -%}
-- One row per renewal and check: does the new term follow from the one before?
with

renewals as (

    select * from {{ ref('int_renewals_compared') }}

),

contracts as (

    select * from {{ ref('contracts') }}

),

renewed_by as (

    select
        renewals.event_key,
        customers.customer_id,
        renewals.legal_entity_code,
        renewals.currency
    from renewals
    left join {{ ref('int_customers_resolved') }} as customers
        on
            renewals.source = customers.source
            and renewals.source_customer_id = customers.source_customer_id

),

checked as (

    {% for check, condition in checks.items() %}
        select
            renewals.*,
            '{{ check }}' as check_code,
            coalesce({{ condition }}, false) as is_passed,
            contracts.contract_id is not null as is_contract_known
        from renewals
        inner join renewed_by on renewals.event_key = renewed_by.event_key
        left join contracts on renewals.previous_contract_id = contracts.contract_id
        {{ "union all" if not loop.last }}
    {% endfor %}

),

renewal_checks as (

    select
        renewal_id,
        check_code,
        previous_contract_id,
        contract_id as new_contract_id,
        is_passed,
        case
            when is_passed then null
            when check_code = 'continuity' and not is_contract_known
                then 'contract ' || previous_contract_id || ', which it renews, is not known'
            when check_code = 'continuity' and common_count = 0
                then 'it sells nothing that contract ' || previous_contract_id || ' sold'
            when
                check_code = 'continuity'
                and term_start_date > {{ add_days('previous_term_end_date', 1) }}
                then
                    'the new term begins on ' || term_start_date || ', the one before ended on '
                    || previous_term_end_date
            when check_code = 'continuity' and treatment = 'prospective'
                then
                    'contract ' || contract_id || ' begins on ' || term_start_date
                    || ', while contract ' || previous_contract_id || ' runs until '
                    || previous_term_end_date
            when check_code = 'continuity'
                then
                    'customer, legal entity or currency are not those of contract '
                    || previous_contract_id
            when check_code = 'price_change'
                then 'the price of ' || repriced_product_code || ' changes without a reason'
            when check_code = 'auto_renew'
                then
                    'it renewed by itself, but ' || changed_product_code
                    || ' is not what it was'
            else 'it states ' || stated_treatment || ', and by its dates it is ' || treatment
        end as sentence,
        event_key
    from checked

)

select * from renewal_checks
