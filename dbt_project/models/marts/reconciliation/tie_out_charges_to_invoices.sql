-- One row per usage contract line, accounting period and currency: usage charges against what
-- billing invoiced for the same service.
with

usage_billing as (

    select * from {{ ref('int_usage_billing') }}

),

policies as (

    select * from {{ ref('stg_reference__policies') }}
    where policy_code = 'usage_billing_tolerance_minor'

),

currencies as (

    select * from {{ ref('currencies') }}

),

tolerated as (

    select
        usage_billing.*,
        currencies.minor_unit_exponent,
        usage_billing.charge_minor - usage_billing.invoiced_minor as open_minor,
        coalesce(try_cast(policies.policy_value as bigint), 0) as tolerance_minor
    from usage_billing
    left join currencies on usage_billing.currency = currencies.currency
    left join policies
        on
            policies.legal_entity_code in (usage_billing.legal_entity_code, '*')
            and strftime(policies.valid_from, '%Y-%m') <= usage_billing.accounting_period
            and usage_billing.accounting_period < strftime(policies.valid_to, '%Y-%m')
    qualify row_number() over (
        partition by
            usage_billing.contract_id,
            usage_billing.contract_line_id,
            usage_billing.accounting_period,
            usage_billing.currency
        order by
            case when policies.legal_entity_code = '*' then 1 else 0 end asc,
            policies.valid_from desc,
            policies.row_number asc
    ) = 1

),

reasoned as (

    select
        *,
        case
            when open_minor = 0 then 'tied'
            when hold_code is not null then 'held'
            when not is_complete then 'not_yet_due'
            when invoice_line_count = 0 then 'awaiting_invoice'
            when abs(open_minor) <= tolerance_minor then 'tolerated'
            else 'break'
        end as reason
    from tolerated

),

split as (

    select
        *,
        charge_minor as left_minor,
        invoiced_minor as right_minor,
        {%- for reason in ['held', 'not_yet_due', 'awaiting_invoice', 'tolerated'] %}
            case when reason = '{{ reason }}' then open_minor else 0 end as {{ reason }}_minor,
        {%- endfor %}
        case when reason = 'break' then open_minor else 0 end as difference_minor
    from reasoned

),

final as (

    select
        concat_ws('|', contract_id, contract_line_id, accounting_period, currency)
            as tie_out_key,
        contract_id,
        contract_line_id,
        accounting_period,
        currency,
        legal_entity_code,
        'Usage charges' as left_name,
        'Invoiced usage' as right_name,
        charge_count as left_count,
        invoice_line_count as right_count,
        left_minor,
        right_minor,
        hold_code,
        held_minor,
        not_yet_due_minor,
        awaiting_invoice_minor,
        tolerated_minor,
        open_minor - difference_minor as explained_minor,
        difference_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "'Usage line ' || contract_line_id || ', ' || accounting_period",
            'charged', 'billing invoiced',
            [
                ('held_minor', 'is held'),
                ('not_yet_due_minor', 'belongs to a period that is not over'),
                ('awaiting_invoice_minor', 'has no invoice yet'),
                ('tolerated_minor', 'is within the tolerance'),
            ],
        ) }} || coalesce(' Held by ' || hold_code || '.', '') as sentence
    from split

)

select * from final
