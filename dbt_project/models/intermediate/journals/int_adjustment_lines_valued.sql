-- One row per line of an adjustment, with its amount in functional currency: as stated, else at the
-- rate of its date. The minor units that rounding leaves over go to the largest remainders of each
-- side, so debits and credits stay equal.
with

documents as (

    select * from {{ ref('int_documents') }} where document_type = 'adjustment'

),

lines as (

    select * from {{ ref('stg_events__adjustment_lines') }}

),

shares as (

    select
        lines.*,
        documents.document_date as effective_date,
        documents.currency,
        documents.functional_currency,
        lines.functional_amount_text is not null as is_functional_stated,
        {{ to_minor('lines.functional_amount_text', 'documents.functional_exponent') }}
            as stated_functional_minor,
        case when lines.functional_amount_text is null then documents.rate_id end as rate_id,
        {{ wide('lines.amount_minor') }} * {{ wide('documents.rate_scaled') }}
        * {{ power_of_ten('documents.functional_exponent') }} as numerator,
        {{ wide('1000000000000') }} * {{ power_of_ten('documents.transaction_exponent') }}
            as denominator
    from lines
    inner join documents on lines.event_key = documents.event_key

),

cut as (

    select
        *,
        {{ div_truncated('numerator', 'denominator') }} as whole_minor,
        numerator % denominator as remainder
    from shares

),

ranked as (

    select
        *,
        {{ div_half_up_wide(
            'sum(numerator) over (partition by adjustment_id, side)', 'denominator'
        ) }} - sum(whole_minor) over (partition by adjustment_id, side) as left_over_minor,
        row_number() over (
            partition by adjustment_id, side
            order by remainder desc, adjustment_line_id asc
        ) as position_of_remainder
    from cut

),

valued as (

    select
        event_key,
        adjustment_id,
        adjustment_line_id,
        account_role,
        product_code,
        contract_id,
        contract_line_id,
        side,
        currency,
        functional_currency,
        effective_date,
        amount_minor,
        is_functional_stated,
        case
            when is_functional_stated then stated_functional_minor
            else cast(
                whole_minor
                + case when position_of_remainder <= left_over_minor then 1 else 0 end
                as bigint
            )
        end as functional_amount_minor,
        rate_id
    from ranked

)

select * from valued
