-- One row per entry type, legal entity, currency and account role: adjustments and opening balances
-- as people stated them, less reversals, against what the ERP has acknowledged; debits positive.
with

adjustments as (

    select * from {{ ref('adjustments') }} where refusal_code is null

),

documents as (

    select * from {{ ref('int_documents') }}

),

adjustment_lines as (

    select * from {{ ref('stg_events__adjustment_lines') }}

),

subledger_lines as (

    select * from {{ ref('int_subledger_lines_delivered') }}
    where entry_type in ('adjustment', 'opening_balance')

),

currencies as (

    select * from {{ ref('currencies') }}

),

measured as (

    select
        adjustments.kind as entry_type,
        adjustments.legal_entity_code,
        adjustments.currency,
        adjustment_lines.account_role,
        1 as left_count,
        0 as right_count,
        case when adjustment_lines.side = 'debit' then 1 else -1 end
        * case when adjustments.document_type = 'reversal' then -1 else 1 end
        * coalesce(adjustment_lines.amount_minor, 0) as left_minor,
        0 as right_minor,
        0 as held_minor,
        0 as awaiting_sealing_minor,
        0 as in_delivery_minor
    from adjustments
    inner join documents
        on
            adjustments.document_type = documents.document_type
            and adjustments.document_id = documents.document_id
    inner join adjustment_lines on adjustments.adjustment_id = adjustment_lines.adjustment_id
    union all
    select
        entry_type,
        legal_entity_code,
        transaction_currency as currency,
        account_role,
        0 as left_count,
        1 as right_count,
        0 as left_minor,
        posted_minor as right_minor,
        case when delivery_status = 'held' then unsealed_minor else 0 end as held_minor,
        case when delivery_status = 'held' then 0 else unsealed_minor end
            as awaiting_sealing_minor,
        sealed_minor - posted_minor as in_delivery_minor
    from subledger_lines

),

compared as (

    select
        measured.entry_type,
        measured.legal_entity_code,
        measured.currency,
        measured.account_role,
        currencies.minor_unit_exponent,
        {%- for measure in [
            'left_count', 'right_count', 'left_minor', 'right_minor', 'held_minor',
            'awaiting_sealing_minor', 'in_delivery_minor',
        ] %}
            cast(sum(measured.{{ measure }}) as bigint) as {{ measure }},
        {%- endfor %}
        cast(sum(
            measured.held_minor + measured.awaiting_sealing_minor + measured.in_delivery_minor
        ) as bigint) as explained_minor
    from measured
    left join currencies on measured.currency = currencies.currency
    group by
        measured.entry_type,
        measured.legal_entity_code,
        measured.currency,
        measured.account_role,
        currencies.minor_unit_exponent

),

explained as (

    select
        *,
        left_minor - right_minor - explained_minor as difference_minor
    from compared

),

final as (

    select
        concat_ws('|', entry_type, legal_entity_code, currency, account_role) as tie_out_key,
        entry_type,
        legal_entity_code,
        currency,
        account_role,
        'Adjustments people stated' as left_name,
        'Adjustments in the ERP' as right_name,
        left_count,
        right_count,
        left_minor,
        right_minor,
        held_minor,
        awaiting_sealing_minor,
        in_delivery_minor,
        explained_minor,
        difference_minor,
        difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "legal_entity_code || ', ' || replace(entry_type, '_', ' ') || ', '"
            " || replace(account_role, '_', ' ')",
            'people stated', 'the ERP has',
            [
                ('held_minor', 'is held'),
                ('awaiting_sealing_minor', 'goes with the next sealing'),
                ('in_delivery_minor', 'is sealed and not yet acknowledged'),
            ],
        ) }} as sentence
    from explained

)

select * from final
