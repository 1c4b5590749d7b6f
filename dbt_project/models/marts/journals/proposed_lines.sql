-- One row per subledger line key with a difference that nothing holds back: what would be sealed
-- now, with the date, period and document it would be posted under.
with

lines as (

    select * from {{ ref('int_subledger_lines_held') }}

),

posting_policies as (

    select * from {{ ref('stg_reference__posting_policies') }}

),

free as (

    select * from lines
    where hold_code is null and (difference_minor <> 0 or difference_functional_minor <> 0)

),

ruled as (

    select
        free.*,
        coalesce(posting_policies.grain, 'summary') as grain,
        coalesce(posting_policies.cadence, 'daily') as cadence
    from free
    left join posting_policies
        on
            posting_policies.entry_type in (free.entry_type, '*')
            and posting_policies.legal_entity_code in (free.legal_entity_code, '*')
            and free.posting_date >= posting_policies.valid_from
            and free.posting_date < posting_policies.valid_to
    qualify row_number() over (
        partition by free.subledger_line_key
        order by
            case posting_policies.entry_type when '*' then 1 else 0 end,
            case posting_policies.legal_entity_code when '*' then 1 else 0 end,
            posting_policies.valid_from desc,
            posting_policies.row_number asc
    ) = 1

),

proposed as (

    select
        {%- for column in subledger_line_columns() %}
            {{ column }},
        {%- endfor %}
        should_minor,
        sealed_minor,
        difference_minor,
        should_functional_minor,
        sealed_functional_minor,
        difference_functional_minor,
        is_sealed_before,
        posting_date,
        {{ accounting_period('posting_date') }} as accounting_period,
        grain,
        cadence,
        concat_ws(
            '|',
            erp_code,
            book,
            legal_entity_code,
            transaction_currency,
            cast(posting_date as varchar),
            entry_type,
            case
                when grain = 'document' and document_type is not null
                    then document_type || ':' || document_id
            end
        ) as document_identity
    from ruled

)

select * from proposed
