{#- What an amendment must have before anything of it is posted: field, whether it is there, and the
    code of what is missing. What another control holds already keeps that control's code. -#}
{%- set fields = {
    'customer': ('contracts.customer_id is not null', 'CUSTOMER_UNKNOWN'),
    'legal_entity': ('legal_entities.legal_entity_code is not null', 'LEGAL_ENTITY_UNKNOWN'),
    'currency': ('currencies.currency is not null', 'CURRENCY_UNKNOWN'),
    'proration_rule': ('outcomes.rule_id is not null', 'AMENDMENT_INCOMPLETE'),
    'price': ('priced.unpriced_line_id is null', 'AMENDMENT_INCOMPLETE'),
    'proration': (
        'currencies.currency is null or priced.unprorated_line_id is null', 'AMENDMENT_INCOMPLETE'
    ),
    'revenue_classification': (
        'modifications.revenue_classification is not null and priced.untreated_product is null',
        'REVENUE_TREATMENT_MISSING',
    ),
} -%}
-- One row per amendment that is applied and field that it needs before anything is posted.
with

modifications as (

    select * from {{ ref('contract_modifications') }}
    where outcome = 'applied' and new_contract_version_id is not null

),

contracts as (

    select * from {{ ref('contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

outcomes as (

    select * from {{ ref('amendment_outcomes') }}

),

prices as (

    select * from {{ ref('stg_reference__prices') }}

),

products as (

    select * from {{ ref('stg_reference__products') }}

),

priced as (

    -- A usage line needs a price plan that is valid some time while its version is.
    select
        lines.contract_version_id,
        min(versions.valid_from) as effective_from,
        min(lines.contract_line_id || ' (' || coalesce(lines.price_id, 'no price') || ')') filter (
            where lines.line_kind = 'fixed' and lines.unit_price is null
            or lines.line_kind = 'usage' and prices.price_id is null
        ) as unpriced_line_id,
        min(lines.contract_line_id) filter (where lines.version_price_minor is null)
            as unprorated_line_id,
        min(lines.product_code) filter (where products.product_code is null) as untreated_product
    from {{ ref('contract_version_lines') }} as lines
    inner join {{ ref('contract_versions') }} as versions
        on lines.contract_version_id = versions.contract_version_id
    left join prices
        on
            lines.price_id = prices.price_id
            and versions.valid_to > prices.valid_from
            and versions.valid_from < prices.valid_to
    left join products
        on
            lines.product_code = products.product_code
            and versions.valid_from >= products.valid_from
            and versions.valid_from < products.valid_to
            and products.recognition_method is not null
    group by lines.contract_version_id

),

joined as (

    select
        modifications.event_key,
        modifications.contract_id,
        modifications.amendment_id,
        priced.unpriced_line_id,
        priced.untreated_product,
        {%- for field, (is_present, _) in fields.items() %}
            {{ is_present }} as has_{{ field }},
        {%- endfor %}
        priced.unprorated_line_id,
        priced.effective_from,
        coalesce(priced.effective_from <= legal_entities.cutoff_date, false) as is_in_effect,
        modifications.amendment_type
    from modifications
    left join contracts on modifications.contract_id = contracts.contract_id
    left join legal_entities
        on contracts.legal_entity_code = legal_entities.legal_entity_code
    left join currencies on contracts.currency = currencies.currency
    left join outcomes
        on
            modifications.amendment_type = outcomes.amendment_type
            and modifications.timing = outcomes.timing
    left join priced on modifications.new_contract_version_id = priced.contract_version_id

),

final as (

    {% for field, (_, exception_code) in fields.items() %}
        select
            event_key,
            contract_id,
            amendment_id,
            amendment_type,
            effective_from,
            is_in_effect,
            '{{ field }}' as field_code,
            has_{{ field }} as is_present,
            '{{ exception_code }}' as exception_code,
            case '{{ field }}'
                when 'price' then unpriced_line_id
                when 'proration' then unprorated_line_id
                when 'revenue_classification' then untreated_product
            end as detail
        from joined
        {{ "union all" if not loop.last }}
    {% endfor %}

)

select * from final
