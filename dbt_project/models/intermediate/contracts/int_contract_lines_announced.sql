-- One row per event and contract line: the lines of every set of terms ever announced.
with

subscription_lines as (

    select * from {{ ref('stg_events__subscription_lines') }}

),

amendment_lines as (

    select * from {{ ref('stg_events__amendment_lines') }}

),

renewal_lines as (

    select * from {{ ref('stg_events__renewal_lines') }}

),

announced as (

    select * from subscription_lines
    union all
    select * from amendment_lines
    union all
    select * from renewal_lines

)

select * from announced
