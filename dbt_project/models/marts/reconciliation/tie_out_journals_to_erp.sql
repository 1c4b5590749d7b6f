-- One row per ERP, legal entity, account, accounting period and currency: sealed journals against
-- the balance the ERP reports, debits positive.
with

journals as (

    select * from {{ ref('int_journals_by_account') }}

),

balances as (

    select * from {{ ref('int_erp_balances_by_account') }}

),

currencies as (

    select * from {{ ref('currencies') }}

),

compared as (

    select
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        coalesce(journals.line_count, 0) as left_count,
        coalesce(balances.line_count, 0) as right_count,
        coalesce(journals.sealed_minor, 0) as left_minor,
        coalesce(balances.balance_minor, 0) as right_minor,
        coalesce(journals.in_flight_minor, 0) as in_flight_minor,
        coalesce(journals.pending_approval_minor, 0) as pending_approval_minor,
        coalesce(journals.refused_minor, 0) as refused_minor,
        coalesce(journals.sealed_functional_minor, 0) as functional_left_minor,
        coalesce(balances.functional_balance_minor, 0) as functional_right_minor,
        coalesce(journals.explained_functional_minor, 0) as functional_explained_minor
    from journals
    full join balances
        using (erp_code, legal_entity_code, account_code, accounting_period, currency)

),

explained as (

    select
        compared.*,
        currencies.minor_unit_exponent,
        compared.in_flight_minor
        + compared.pending_approval_minor
        + compared.refused_minor as explained_minor,
        compared.left_minor
        - compared.right_minor
        - compared.in_flight_minor
        - compared.pending_approval_minor
        - compared.refused_minor as difference_minor,
        compared.functional_left_minor
        - compared.functional_right_minor
        - compared.functional_explained_minor as functional_difference_minor
    from compared
    left join currencies on compared.currency = currencies.currency

),

final as (

    select
        concat_ws('|', erp_code, legal_entity_code, account_code, accounting_period, currency)
            as tie_out_key,
        erp_code,
        legal_entity_code,
        account_code,
        accounting_period,
        currency,
        'Sealed journals' as left_name,
        'ERP balance' as right_name,
        left_count,
        right_count,
        left_minor,
        right_minor,
        in_flight_minor,
        pending_approval_minor,
        refused_minor,
        explained_minor,
        difference_minor,
        functional_left_minor,
        functional_right_minor,
        functional_explained_minor,
        functional_difference_minor,
        difference_minor = 0 and functional_difference_minor = 0 as is_tied,
        {{ tie_out_sentence(
            "'Account ' || account_code || ' of ' || legal_entity_code || ', ' "
            ~ "|| accounting_period",
            'the journals sealed', 'the ERP holds',
            [
                ('in_flight_minor', 'is on its way'),
                ('pending_approval_minor', 'waits for approval'),
                ('refused_minor', 'was refused by the ERP'),
            ],
        ) }} as sentence
    from explained

)

select * from final
