-- The subledger lines behind an account of a document sum to its journal lines, in both currencies.
{{ config(meta={'dagster': {'ref': {'name': 'journal_line_sources'}}}) }}
with

journal_lines as (

    select * from {{ ref('journal_lines') }}

),

journal_line_sources as (

    select * from {{ ref('journal_line_sources') }} where document_key is not null

),

unioned as (

    select
        document_key,
        account_code,
        coalesce(dimension_product, '') as dimension_product,
        signed_minor,
        signed_functional_minor
    from journal_lines
    union all
    select
        document_key,
        account_code,
        coalesce(dimension_product, '') as dimension_product,
        -amount_minor as signed_minor,
        -functional_amount_minor as signed_functional_minor
    from journal_line_sources

)

select
    document_key,
    account_code,
    dimension_product,
    sum(signed_minor) as difference_minor,
    sum(signed_functional_minor) as functional_difference_minor
from unioned
group by document_key, account_code, dimension_product
having sum(signed_minor) <> 0 or sum(signed_functional_minor) <> 0
