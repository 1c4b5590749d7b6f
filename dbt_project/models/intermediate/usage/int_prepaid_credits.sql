-- One row per prepaid credit whose first day has come: a grant, or one month of a recurring one,
-- with its price, what credit memos left of it (they give back the credit that ends last first) and
-- how much of it is expected never to be used.
with

grants as (

    select * from {{ ref('int_prepaid_grants_judged') }} where outcome = 'applied'

),

months as (

    select
        grants.*,
        {{ month_spine(
            'grants.effective_date',
            'case when grants.is_recurring then least(grants.ends_on, grants.cutoff_date) '
            ~ 'else grants.effective_date end',
        ) }} as month_start_date
    from grants
    where grants.effective_date <= grants.cutoff_date

),

numbered as (

    select
        months.*,
        {{ months_apart('months.effective_date', 'months.month_start_date') }} + 1
            as credit_number
    from months

),

credits as (

    select
        numbered.grant_id
        || case
            when numbered.is_recurring then '|' || cast(numbered.credit_number as varchar) else ''
        end as prepaid_credit_id,
        numbered.grant_id,
        cast(numbered.credit_number as bigint) as credit_number,
        numbered.event_key,
        numbered.contract_id,
        numbered.contract_line_id,
        numbered.product_code,
        numbered.legal_entity_code,
        numbered.currency,
        numbered.credit_minor,
        numbered.price_minor,
        numbered.priority,
        numbered.pays_for,
        numbered.occurred_at,
        numbered.cutoff_date,
        {{ add_months('numbered.effective_date', 'numbered.credit_number - 1') }} as starts_on,
        case
            when numbered.is_recurring
                then least(
                    {{ add_days(
                        add_months(
                            'numbered.effective_date',
                            'numbered.credit_number - 1 + numbered.lasts_months',
                        ),
                        -1,
                    ) }},
                    numbered.ends_on
                )
            else numbered.ends_on
        end as ends_on
    from numbered

),

begun as (

    select * from credits where starts_on <= least(ends_on, cutoff_date)

),

given_back as (

    select
        invoice_lines.contract_id,
        invoice_lines.contract_line_id,
        sum(credit_lines.net_minor) as amount_minor
    from {{ ref('int_credit_lines_unioned') }} as credit_lines
    inner join {{ ref('int_invoice_lines_valued') }} as invoice_lines
        on
            credit_lines.invoice_id = invoice_lines.invoice_id
            and credit_lines.invoice_line_id = invoice_lines.invoice_line_id
    where credit_lines.basis = 'modification' and invoice_lines.line_kind = 'prepaid'
    group by invoice_lines.contract_id, invoice_lines.contract_line_id

),

policies as (

    select
        *,
        try_cast(policy_value as bigint) as percent
    from {{ ref('stg_reference__policies') }}
    where policy_code = 'prepaid_breakage_percent'

),

priced as (

    select
        begun.*,
        cast(begun.price_minor - greatest(least(
            coalesce(given_back.amount_minor, 0) + begun.price_minor
            - sum(begun.price_minor) over (
                partition by begun.contract_id, begun.contract_line_id
                order by begun.ends_on desc, begun.starts_on desc, begun.prepaid_credit_id desc
            ),
            begun.price_minor
        ), 0) as bigint) as kept_price_minor
    from begun
    left join given_back
        on
            begun.contract_id = given_back.contract_id
            and begun.contract_line_id = given_back.contract_line_id

),

estimated as (

    -- The newest estimate counts for all use of the credit: what it changes is caught up.
    select
        priced.*,
        least(greatest(coalesce(policies.percent, 0), 0), 99) as breakage_percent
    from priced
    left join policies
        on
            policies.legal_entity_code in (priced.legal_entity_code, '*')
            and least(priced.ends_on, priced.cutoff_date) >= policies.valid_from
            and least(priced.ends_on, priced.cutoff_date) < policies.valid_to
    qualify row_number() over (
        partition by priced.prepaid_credit_id
        order by
            case policies.legal_entity_code when '*' then 1 else 0 end asc,
            policies.row_number asc
    ) = 1

)

select * from estimated
