-- One row per usage contract line, accounting period and currency: usage charges against what
-- billing invoiced for the same service.
with

usage_billing as (

    select * from {{ ref('int_usage_billing') }}

),

terms as (

    select * from {{ ref('int_usage_billing_terms') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

tolerated as (

    select
        usage_billing.*,
        currencies.minor_unit_exponent,
        usage_billing.charge_minor - usage_billing.invoiced_minor as open_minor,
        usage_billing.charge_minor - usage_billing.invoiced_minor
        + usage_billing.held_invoiced_minor as rest_minor,
        terms.tolerance_minor,
        terms.is_overdue
    from usage_billing
    inner join terms
        on
            usage_billing.contract_id is not distinct from terms.contract_id
            and usage_billing.contract_line_id is not distinct from terms.contract_line_id
            and usage_billing.accounting_period = terms.accounting_period
            and usage_billing.currency = terms.currency
    left join currencies on usage_billing.currency = currencies.currency

),

reasoned as (

    -- A hold explains what the held documents say, or everything when a charge has no price.
    select
        *,
        case
            when open_minor = 0 then 'tied'
            when not is_priced then 'held'
            when not is_complete then 'not_yet_due'
            when free_line_count = 0 and not is_overdue then 'awaiting_invoice'
            when abs(rest_minor) <= tolerance_minor then 'tolerated'
            else 'break'
        end as reason
    from tolerated

),

split as (

    select
        *,
        charge_minor as left_minor,
        invoiced_minor as right_minor,
        case reason when 'tied' then 0 when 'held' then open_minor else -held_invoiced_minor end
            as held_minor,
        {%- for reason in ['not_yet_due', 'awaiting_invoice', 'tolerated'] %}
            case when reason = '{{ reason }}' then rest_minor else 0 end as {{ reason }}_minor,
        {%- endfor %}
        case when reason = 'break' then rest_minor else 0 end as difference_minor
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
