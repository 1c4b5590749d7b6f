-- One row per step of recognition, at the rate of its last day. On its track a step covers the
-- interval [matched_from, matched_to), in order of time.
with

unioned as (

    select * from {{ ref('int_recognition_steps_unioned') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

rates as (

    select * from {{ ref('int_fx_rates') }}

),

described as (

    select
        unioned.recognition_step_id,
        unioned.step_kind,
        unioned.served_days_after,
        unioned.entry_type,
        unioned.contract_id,
        unioned.contract_line_id,
        unioned.contract_version_id,
        unioned.performance_obligation_id,
        unioned.product_code,
        unioned.step_end_date,
        unioned.amount_minor,
        unioned.amount_fine,
        unioned.price_version,
        unioned.source_event_count,
        unioned.document_type,
        unioned.document_id,
        unioned.document_line_id,
        contracts.customer_id,
        contracts.book,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.functional_currency,
        contracts.correlation_id,
        coalesce(unioned.rate_id, rates.rate_id) as rate_id,
        case
            when unioned.document_type is not null then unioned.functional_minor
            else {{ convert_minor(
                'unioned.amount_minor',
                'rates.rate_scaled',
                'contracts.transaction_exponent',
                'contracts.functional_exponent',
            ) }}
        end as functional_minor,
        case
            when unioned.track_key is not null then unioned.track_key
            when unioned.entry_type = 'usage_accrual'
                then {{ usage_track(
                    'unioned.contract_id',
                    'unioned.contract_line_id',
                    'unioned.usage_period',
                    'contracts.legal_entity_code',
                    'contracts.currency',
                ) }}
            else contracts.track_key
        end as track_key
    from unioned
    inner join contracts on unioned.contract_id = contracts.contract_id
    left join rates
        on
            contracts.currency = rates.from_currency
            and contracts.functional_currency = rates.to_currency
            and unioned.step_end_date >= rates.valid_from
            and unioned.step_end_date < rates.valid_to

),

stacked as (

    select
        *,
        cast(greatest(coalesce(amount_minor, 0), 0) as bigint) as step_minor,
        cast(sum(greatest(coalesce(amount_minor, 0), 0)) over (
            partition by track_key
            order by step_end_date, contract_line_id, recognition_step_id
        ) as bigint) as matched_to,
        cast(sum(greatest(coalesce(amount_fine, 0), 0)) over (
            partition by track_key
            order by step_end_date, contract_line_id, recognition_step_id
        ) as hugeint) as fine_to
    from described

),

steps as (

    select
        *,
        matched_to - step_minor as matched_from
    from stacked

)

select * from steps
