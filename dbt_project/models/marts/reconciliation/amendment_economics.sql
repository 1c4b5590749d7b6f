-- One row per modification that was applied: what it changed of the contract's value by its terms,
-- and what of the price allocated to obligations.
with

modifications as (

    select * from {{ ref('contract_modifications') }} where outcome = 'applied'

),

version_totals as (

    select * from {{ ref('int_contract_version_totals') }}

),

obligations as (

    select * from {{ ref('performance_obligations') }}

),

termination_steps as (

    select * from {{ ref('int_termination_steps') }}

),

contracts as (

    select * from {{ ref('int_revenue_contracts') }}

),

allocated as (

    select
        obligations.contract_version_id,
        cast(sum(obligations.allocated_price_minor) as bigint) as allocated_minor,
        cast(sum(obligations.transferred_minor) as bigint) as unserved_minor,
        cast(coalesce(sum(termination_steps.amount_minor), 0) as bigint) as kept_minor
    from obligations
    left join termination_steps
        on obligations.performance_obligation_id = termination_steps.performance_obligation_id
    group by obligations.contract_version_id

),

compared as (

    -- Terms and allocation round the days gone on their own: apart by the cents of each line.
    select
        modifications.*,
        case
            when modifications.amendment_type = 'cancellation' then coalesce(before.kept_minor, 0)
            else 0
        end as kept_minor,
        coalesce(changed.allocated_minor, 0) - coalesce(before.unserved_minor, 0)
            as allocation_delta_minor,
        coalesce(old_totals.version_price_minor - old_totals.unused_price_minor, 0)
        - coalesce(before.allocated_minor - before.unserved_minor, 0)
            as rounding_minor
    from modifications
    left join allocated as before
        on modifications.old_contract_version_id = before.contract_version_id
    left join allocated as changed
        on modifications.new_contract_version_id = changed.contract_version_id
    left join version_totals as old_totals
        on modifications.old_contract_version_id = old_totals.contract_version_id

),

final as (

    select
        compared.event_key,
        compared.contract_id,
        compared.amendment_id,
        compared.amendment_type,
        compared.effective_date,
        compared.modification_treatment,
        contracts.legal_entity_code,
        contracts.currency,
        contracts.correlation_id,
        compared.price_delta_minor,
        cast(compared.kept_minor as bigint) as kept_minor,
        cast(compared.price_delta_minor + compared.kept_minor as bigint) as value_delta_minor,
        {{ to_amount(
            '(compared.price_delta_minor + compared.kept_minor)',
            'contracts.transaction_exponent',
        ) }} as value_delta_amount,
        cast(compared.allocation_delta_minor + compared.kept_minor as bigint)
            as allocated_delta_minor,
        cast(compared.rounding_minor as bigint) as rounding_minor,
        cast(
            compared.price_delta_minor - compared.allocation_delta_minor
            - compared.rounding_minor as bigint
        ) as difference_minor
    from compared
    inner join contracts on compared.contract_id = contracts.contract_id

)

select * from final
