-- One row per contract or invoice: does products.csv say how the revenue of everything it sells or
-- bills is recognised, on the day a contract version begins or the invoice is dated?
with

subjects as (

    select * from {{ ref('int_control_subjects') }}
    where subject_type = 'contract' or subject_key like 'invoice:%'

),

versions as (

    select * from {{ ref('contract_versions') }}

),

version_lines as (

    select * from {{ ref('contract_version_lines') }} where is_product_known

),

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }} where is_product_known

),

products as (

    select * from {{ ref('stg_reference__products') }}

),

lines as (

    select
        'contract' as line_subject_type,
        version_lines.contract_id as line_subject_key,
        version_lines.contract_line_id as line_id,
        version_lines.product_code,
        version_lines.line_kind,
        versions.valid_from as line_date
    from version_lines
    inner join versions on version_lines.contract_version_id = versions.contract_version_id
    union all
    select
        'document' as line_subject_type,
        'invoice:' || invoice_id as line_subject_key,
        invoice_line_id as line_id,
        product_code,
        line_kind,
        invoice_date as line_date
    from invoice_lines
    union all
    select
        'contract' as line_subject_type,
        contract_id as line_subject_key,
        contract_line_id as line_id,
        product_code,
        'prepaid' as line_kind,
        effective_date as line_date
    from {{ ref('int_prepaid_grants_judged') }}
    where outcome = 'applied' and is_product_known

),

untreated as (

    select
        lines.line_subject_type,
        lines.line_subject_key,
        min(
            case
                when products.product_code is null
                    then 'products.csv has no row for product ' || lines.product_code
                else
                    'line ' || lines.line_id || ' is ' || lines.line_kind
                    || ', and products.csv says of product ' || lines.product_code
                    || ' ' || coalesce(products.obligation_kind, 'no kind of obligation') || ' and '
                    || coalesce(products.recognition_method, 'no recognition method')
            end || ' on ' || lines.line_date
        ) as untreated_text
    from lines
    left join products
        on
            lines.product_code = products.product_code
            and lines.line_date >= products.valid_from
            and lines.line_date < products.valid_to
    where
        products.obligation_kind is distinct from lines.line_kind
        or products.recognition_method is distinct from
        case lines.line_kind when 'fixed' then 'daily' else 'as_used' end
    group by lines.line_subject_type, lines.line_subject_key

),

findings as (

    select
        {{ finding(
            control_code="'REVENUE_TREATMENT'",
            is_passed='untreated.line_subject_key is null',
            exception_code="'REVENUE_TREATMENT_MISSING'",
            sentence="subject_text || ' over ' || amount_text || ': ' || untreated.untreated_text"
            " || '.'",
            amount_minor='amount_minor',
            currency='currency',
        ) }}
    from subjects
    left join untreated
        on
            subjects.subject_type = untreated.line_subject_type
            and subjects.subject_key = untreated.line_subject_key

)

select * from findings
