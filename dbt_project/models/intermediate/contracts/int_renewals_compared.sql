-- One row per renewal: the term it announces beside the terms it follows, product by product.
with

renewals as (

    select * from {{ ref('stg_events__renewals') }} where is_newest

),

renewal_lines as (

    select * from {{ ref('stg_events__renewal_lines') }}

),

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

contract_version_lines as (

    select * from {{ ref('contract_version_lines') }}

),

before as (

    -- The last terms before the new ones.
    select
        renewals.event_key,
        contract_versions.contract_version_id,
        contract_versions.term_end_date
    from renewals
    inner join contract_versions
        on
            renewals.previous_contract_id = contract_versions.contract_id
            and renewals.term_start_date > contract_versions.valid_from
    qualify row_number() over (
        partition by renewals.event_key order by contract_versions.version_number desc
    ) = 1

),

old_products as (

    select
        contract_version_id,
        product_code,
        sum(coalesce(quantity, 0)) as quantity,
        max(unit_price * case price_period when 'month' then 12 else 1 end) as yearly_price,
        max(price_id) as price_id
    from contract_version_lines
    group by contract_version_id, product_code

),

new_products as (

    select
        event_key,
        product_code,
        sum(coalesce(quantity, 0)) as quantity,
        max(unit_price * case price_period when 'month' then 12 else 1 end) as yearly_price,
        max(price_id) as price_id
    from renewal_lines
    group by event_key, product_code

),

products as (

    select
        coalesce(new_products.event_key, before.event_key) as event_key,
        coalesce(new_products.product_code, old_products.product_code) as product_code,
        new_products.product_code = old_products.product_code as is_in_both,
        (new_products.quantity is distinct from old_products.quantity) as is_quantity_changed,
        (
            new_products.yearly_price is distinct from old_products.yearly_price
            or new_products.price_id is distinct from old_products.price_id
        ) as is_price_changed
    from old_products
    inner join before on old_products.contract_version_id = before.contract_version_id
    full join new_products
        on
            before.event_key = new_products.event_key
            and old_products.product_code = new_products.product_code

),

compared as (

    select
        event_key,
        count(*) filter (where is_in_both) as common_count,
        min(product_code) filter (where is_in_both and is_price_changed) as repriced_product_code,
        min(product_code) filter (
            where is_in_both is null or is_quantity_changed or is_price_changed
        ) as changed_product_code
    from products
    group by event_key

),

described as (

    select
        renewals.*,
        before.contract_version_id as previous_contract_version_id,
        before.term_end_date as previous_term_end_date,
        compared.common_count,
        compared.repriced_product_code,
        compared.changed_product_code,
        case
            when renewals.term_start_date > before.term_end_date then 'new_contract'
            when renewals.term_start_date <= before.term_end_date then 'prospective'
        end as treatment
    from renewals
    left join before on renewals.event_key = before.event_key
    left join compared on renewals.event_key = compared.event_key

)

select * from described
