-- One row per amendment that is applied and field of its payload: is it there, and when not, what
-- is missing. What only billing's document can show is asked for once it is due.
with

contracts as (

    select * from {{ ref('contracts') }}

),

legal_entities as (

    select * from {{ ref('int_legal_entities') }}

),

tax_failures as (

    select subject_key from {{ ref('control_results') }}
    where control_code = 'TAX_CODE' and not is_passed

),

workflows as (

    select
        changes.workflow_key,
        changes.event_key,
        changes.contract_id,
        changes.amendment_id,
        changes.amendment_type,
        changes.legal_entity_code,
        changes.decides_from,
        changes.received_at,
        bills.workflow_key is not null as needs_bill,
        bills.known_at as billed_at,
        bills.document_type || ' ' || bills.document_id as document,
        tax_failures.subject_key is null as has_tax_codes,
        legal_entities.cutoff_date,
        {{ add_months(
            'changes.decides_from',
            "case when contracts.billing_timing = 'advance' then 0"
            " when contracts.billing_frequency = 'monthly' then 1"
            " when contracts.billing_frequency = 'quarterly' then 3 else 12 end",
        ) }} as billing_begins_on
    from {{ ref('int_workflow_changes') }} as changes
    inner join contracts on changes.contract_id = contracts.contract_id
    left join {{ ref('int_workflow_bills') }} as bills
        on changes.workflow_key = bills.workflow_key
    left join tax_failures on bills.subject_key = tax_failures.subject_key
    left join legal_entities
        on changes.legal_entity_code = legal_entities.legal_entity_code
    where
        changes.change_kind = 'amendment'
        and changes.outcome = 'applied'
        and changes.contract_version_id is not null

),

policies as (

    select * from {{ ref('stg_reference__policies') }}
    where policy_code = 'amendment_invoice_due_days'

),

dated as (

    select
        workflows.*,
        {{ add_days(
            'greatest(workflows.billing_begins_on, cast(workflows.received_at as date))',
            'coalesce(try_cast(policies.policy_value as bigint), 45)',
        ) }} as invoice_due_date
    from workflows
    left join policies
        on
            policies.legal_entity_code in (workflows.legal_entity_code, '*')
            and workflows.decides_from >= policies.valid_from
            and workflows.decides_from < policies.valid_to
    qualify row_number() over (
        partition by workflows.workflow_key
        order by
            case policies.legal_entity_code when '*' then 1 else 0 end asc,
            policies.valid_from desc,
            policies.row_number asc
    ) = 1

),

fields as (

    select
        dated.workflow_key,
        stated.field_code,
        true as is_due,
        stated.is_present,
        stated.is_in_effect,
        stated.exception_code,
        stated.detail
    from {{ ref('int_amendment_fields') }} as stated
    inner join dated on stated.event_key = dated.event_key
    union all
    select
        workflow_key,
        'billing_document' as field_code,
        cutoff_date > invoice_due_date as is_due,
        billed_at is not null as is_present,
        false as is_in_effect,
        'AMENDMENT_NOT_BILLED' as exception_code,
        null as detail
    from dated
    where needs_bill
    union all
    select
        workflow_key,
        'tax_code' as field_code,
        billed_at is not null as is_due,
        has_tax_codes as is_present,
        false as is_in_effect,
        'TAX_CODE_UNKNOWN' as exception_code,
        document as detail
    from dated
    where needs_bill

),

final as (

    select
        fields.workflow_key || '|' || fields.field_code as amendment_field_key,
        fields.workflow_key,
        dated.event_key,
        dated.contract_id,
        dated.amendment_id,
        dated.legal_entity_code,
        fields.field_code,
        fields.is_due,
        fields.is_present,
        not fields.is_due or fields.is_present as is_complete,
        case when fields.is_due and not fields.is_present then fields.exception_code end
            as exception_code,
        not fields.is_present
        and fields.is_in_effect
        and fields.exception_code = 'AMENDMENT_INCOMPLETE' as is_holding,
        case
            when fields.is_due and not fields.is_present
                then
                    'Contract ' || dated.contract_id || ': ' || dated.amendment_type || ' '
                    || dated.amendment_id || ' of ' || dated.decides_from || ' has no '
                    || replace(fields.field_code, '_', ' ')
                    || coalesce(' for ' || fields.detail, '')
                    || case
                        when fields.field_code = 'billing_document'
                            then ', which was due by ' || dated.invoice_due_date
                        else ''
                    end || '.'
        end as sentence
    from fields
    inner join dated on fields.workflow_key = dated.workflow_key

)

select * from final
