{%- set hops = [
    ('opportunity', 'no opportunity of an accepted quote is known'),
    ('quote', 'it names no accepted quote that is known'),
    ('subscription_event', 'no event brought its terms'),
    ('invoice', 'nothing of its days is invoiced'),
    ('erp_document', 'no invoice of it is in the ERP'),
    ('payment', 'no invoice of it is paid, not even in part'),
    ('revenue_schedule', 'it has no fixed line to spread'),
] -%}
-- One row per contract version and hop: what is there on the way from the deal to the revenue
-- schedule, and what is missing. A missing hop is a row like any other.
with

contract_versions as (

    select * from {{ ref('contract_versions') }}

),

found as (

    select
        contract_version_id,
        hop,
        count(*) as found_count,
        min(hop_key) as first_key
    from {{ ref('int_lineage_hops') }}
    group by contract_version_id, hop

),

hops as (

    {% for hop, missing in hops %}
        select
            {{ loop.index }} as hop_number,
            '{{ hop }}' as hop,
            '{{ missing }}' as missing_text
        {{ "union all" if not loop.last }}
    {% endfor %}

),

traces as (

    select
        contract_versions.contract_version_id,
        cast(hops.hop_number as integer) as hop_number,
        hops.hop,
        contract_versions.contract_id,
        found.hop is not null as is_found,
        cast(coalesce(found.found_count, 0) as bigint) as found_count,
        found.first_key,
        case
            when found.hop is null then hops.missing_text
            when found.found_count = 1 then found.first_key
            else found.first_key || ' and ' || cast(found.found_count - 1 as varchar) || ' more'
        end as sentence
    from contract_versions
    cross join hops
    left join found
        on
            contract_versions.contract_version_id = found.contract_version_id
            and hops.hop = found.hop

)

select * from traces
