-- One row per later claim of a document number: the first document stands, this one is listed.
with

claims as (

    select
        document_type,
        document_id,
        event_key,
        source,
        legal_entity_code,
        currency,
        total_minor
    from {{ ref('int_documents_unioned') }}
    where refusal_code = 'DUPLICATE_DOCUMENT'

),

currencies as (

    select
        currency as known_currency,
        minor_unit_exponent
    from {{ ref('currencies') }}

),

described as (

    select
        'claim' as subject_type,
        claims.document_type || ':' || claims.document_id || ':' || claims.event_key
            as subject_key,
        claims.*,
        currencies.minor_unit_exponent
    from claims
    left join currencies on claims.currency = currencies.known_currency

),

findings as (

    select
        {{ finding(
            control_code="'DUPLICATE_DOCUMENT'",
            is_passed='false',
            exception_code="'DUPLICATE_DOCUMENT'",
            sentence="'A second ' || case when document_type like 'dispute_%'"
            " then 'verdict of dispute' else document_type end || ' ' || document_id"
            " || ' came from ' || source"
            " || coalesce(' over ' || " ~ amount_text(
                'total_minor', 'minor_unit_exponent', 'currency'
            ) ~ ", '') || '; the first one stands.'",
            amount_minor='coalesce(total_minor, 0)',
            currency='currency',
        ) }}
    from described

)

select * from findings
