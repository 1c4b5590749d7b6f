-- One row per contract or document: is every account role it needs mapped to an account, and does
-- every account that is still to be booked on take entries?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}

),

entries as (

    select * from {{ ref('int_subledger_entries_mapped') }}

),

lines as (

    select * from {{ ref('int_subledger_lines_compared') }}
    where difference_minor is distinct from 0 or difference_functional_minor is distinct from 0

),

accounts as (

    select * from {{ ref('stg_reference__accounts') }}

),

parameters as (

    select * from {{ ref('stg_run__parameters') }}

),

unmapped as (

    select
        case when document_type is null then 'contract' else 'document' end as subject_type,
        coalesce(document_type || ':' || document_id, contract_id) as subject_key,
        min(account_role || coalesce(' of product ' || product_code, '')) as role_text,
        min(origin_period) as first_period,
        sum(abs(amount_minor)) as unmapped_minor
    from entries
    where account_code is null and functional_currency is not null
    group by 1, 2

),

dated as (

    -- A mapping counts on the last day of its period, or today while that is still to come; the
    -- ERP refuses by the state of the account on the day it books.
    select
        lines.*,
        least({{ month_end('lines.effective_date') }}, cast(parameters.as_of as date))
            as chart_date
    from lines
    cross join parameters
    union
    select
        lines.*,
        cast(parameters.as_of as date) as chart_date
    from lines
    cross join parameters

),

inactive_lines as (

    select
        dated.*,
        'account ' || dated.account_code || ' of ' || dated.legal_entity_code || ' for '
        || replace(dated.account_role, '_', ' ')
        || coalesce(' of product ' || dated.product_code, '')
        || case
            when accounts.is_active is null then ' is not in the chart of accounts on '
            else ' is inactive on '
        end || dated.chart_date as account_text
    from dated
    left join accounts
        on
            dated.legal_entity_code = accounts.legal_entity_code
            and dated.account_code = accounts.account_code
            and dated.chart_date >= accounts.valid_from
            and dated.chart_date < accounts.valid_to
    where dated.account_code is not null and not coalesce(accounts.is_active, false)
    qualify row_number() over (
        partition by dated.subledger_line_key order by dated.chart_date
    ) = 1

),

inactive as (

    select
        case when document_type is null then 'contract' else 'document' end as subject_type,
        coalesce(document_type || ':' || document_id, contract_id) as subject_key,
        min(account_text) as account_text,
        sum(abs(difference_minor)) as inactive_minor
    from inactive_lines
    group by 1, 2

),

findings as (

    select
        {{ finding(
            control_code="'GL_MAPPING'",
            is_passed='unmapped.subject_key is null and inactive.subject_key is null',
            exception_code="case when unmapped.subject_key is null then 'ACCOUNT_INACTIVE'"
            " else 'GL_MAPPING_MISSING' end",
            sentence="subject_text || ' over ' || amount_text || ': ' || case"
            " when unmapped.subject_key is null then inactive.account_text"
            " else legal_entity_code || ' has no account for '"
            " || replace(unmapped.role_text, '_', ' ') || ' in ' || unmapped.first_period"
            " end || '.'",
            amount_minor='coalesce(unmapped.unmapped_minor, inactive.inactive_minor, '
            ~ 'amount_minor)',
            currency='currency',
        ) }}
    from subjects
    left join unmapped using (subject_type, subject_key)
    left join inactive using (subject_type, subject_key)

)

select * from findings
