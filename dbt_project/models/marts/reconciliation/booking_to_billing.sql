-- One row per contract with fixed obligations: its value, what of it is earned and what is billed,
-- and whether the three agree at the end of its service.
with

obligations as (

    select * from {{ ref('performance_obligations') }}

),

schedule_lines as (

    select * from {{ ref('revenue_schedule_lines') }}

),

termination_steps as (

    select * from {{ ref('int_termination_steps') }}

),

remaining_obligations as (

    select * from {{ ref('remaining_obligations') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }}

),

credit_lines as (

    -- What a void takes off service that nobody will bill any more is conceded, not credited.
    select
        track_key,
        basis,
        net_minor
    from {{ ref('int_credit_lines_valued') }}
    where basis <> 'void'
    union all
    select
        track_key,
        'void' as basis,
        net_minor - case when is_conceded then earned_minor else 0 end as net_minor
    from {{ ref('int_voided_lines_split') }}
    union all
    select
        track_key,
        'concession' as basis,
        earned_minor as net_minor
    from {{ ref('int_voided_lines_split') }}
    where is_conceded

),

facts as (

    {% for measure, relation, amount in [
        ('value', 'obligations', 'allocated_price_minor - transferred_minor'),
        ('earned', 'schedule_lines', 'recognized_minor'),
        ('remaining', 'remaining_obligations', 'remaining_obligation_minor'),
    ] -%}
        select
            contract_id,
            '{{ measure }}' as measure,
            {{ amount }} as amount_minor
        from {{ relation }}
        union all
    {% endfor %}
    select
        obligations.contract_id,
        'value' as measure,
        termination_steps.amount_minor
    from termination_steps
    inner join obligations
        on termination_steps.performance_obligation_id = obligations.performance_obligation_id
    union all
    select
        contracts.contract_id,
        'billed' as measure,
        invoice_lines.net_minor as amount_minor
    from invoice_lines
    inner join contracts on invoice_lines.track_key = contracts.track_key
    union all
    select
        contracts.contract_id,
        case credit_lines.basis when 'concession' then 'conceded' else 'credited' end as measure,
        credit_lines.net_minor as amount_minor
    from credit_lines
    inner join contracts on credit_lines.track_key = contracts.track_key

),

summed as (

    select
        contract_id,
    {%- for measure in ['value', 'earned', 'remaining', 'billed', 'credited', 'conceded'] %}
        cast(coalesce(sum(amount_minor) filter (where measure = '{{ measure }}'), 0) as bigint)
            as {{ measure }}_minor
        {{- ',' if not loop.last }}
    {%- endfor %}
    from facts
    group by contract_id
    having count(*) filter (where measure = 'value') > 0

),

final as (

    select
        summed.*,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.correlation_id,
        contracts.service_end_date,
        contracts.service_end_date <= contracts.cutoff_date as is_service_over,
        summed.value_minor - summed.billed_minor + summed.credited_minor as to_be_billed_minor,
        {{ to_amount(
            '(summed.value_minor - summed.billed_minor + summed.credited_minor)',
            'contracts.transaction_exponent',
        ) }} as to_be_billed_amount,
        case
            when summed.billed_minor - summed.credited_minor = summed.value_minor then 'BILLED'
            when summed.billed_minor - summed.credited_minor > summed.value_minor
                then 'BILLED_MORE'
            when contracts.service_end_date <= contracts.cutoff_date then 'BILLED_LESS'
            else 'BILLING_TO_COME'
        end as billing_status
    from summed
    inner join contracts on summed.contract_id = contracts.contract_id

)

select * from final
