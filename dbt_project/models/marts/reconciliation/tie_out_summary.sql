-- One row per tie-out and currency, or per tie-out where events are counted: both sides, what of
-- the gap is explained, and how many rows are not.
with

usage_to_charges as (

    select * from {{ ref('tie_out_usage_to_charges') }}

),

charges_to_invoices as (

    {{ summarized_tie_out('charges_to_invoices', ref('tie_out_charges_to_invoices')) }}

),

invoices_to_subledger as (

    {{ summarized_tie_out('invoices_to_subledger', ref('tie_out_invoices_to_subledger')) }}

),

schedules_to_journals as (

    {{ summarized_tie_out('schedules_to_journals', ref('tie_out_schedules_to_journals')) }}

),

-- Balances of all accounts sum to zero, so those in debit speak for their documents.
journals_to_erp as (

    {{ summarized_tie_out(
        'journals_to_erp',
        ref('tie_out_journals_to_erp'),
        counted='coalesce(nullif(left_minor, 0), right_minor) > 0',
    ) }}

),

documents_to_erp as (

    {{ summarized_tie_out('documents_to_erp', ref('int_documents_tied_out')) }}

),

adjustments_to_erp as (

    {{ summarized_tie_out(
        'adjustments_to_erp', ref('tie_out_adjustments_to_erp'), counted="left_minor > 0"
    ) }}

),

taxes as (

    {{ summarized_tie_out('taxes', ref('tie_out_taxes')) }}

),

money as (

    {% for name in [
        'charges_to_invoices', 'invoices_to_subledger', 'schedules_to_journals', 'journals_to_erp',
        'documents_to_erp', 'adjustments_to_erp', 'taxes',
    ] -%}
        select
            {{ loop.index + 1 }} as position,
            *
        from {{ name }}
        {% if not loop.last %}union all{% endif %}
    {% endfor %}

),

events as (

    select
        1 as position,
        'usage_to_charges' as tie_out_name,
        cast(null as varchar) as currency,
        'Accepted usage events' as left_name,
        'Charged usage events' as right_name,
        count(*) as row_count,
        cast(coalesce(sum(left_count), 0) as bigint) as left_count,
        cast(coalesce(sum(right_count), 0) as bigint) as right_count,
        cast(coalesce(sum(explained_count), 0) as bigint) as explained_count,
        cast(coalesce(sum(difference_count), 0) as bigint) as difference_count,
        {%- for amount in ['left', 'right', 'explained', 'difference'] %}
            cast(null as bigint) as {{ amount }}_minor,
        {%- endfor %}
        count(*) filter (where not is_tied) as break_count
    from usage_to_charges

),

combined as (

    select * from events
    union all
    select * from money

),

final as (

    select
        concat_ws('|', tie_out_name, currency) as tie_out_key,
        *,
        break_count = 0 as is_tied
    from combined

)

select * from final
