-- One row per line of a voided invoice: the part whose service was given before the void. While the
-- contract runs, or another invoice replaces this one, that part is unbilled again; after it ended
-- nobody will bill it any more, and it is conceded.
with

voided_lines as (

    select * from {{ ref('int_credit_lines_valued') }} where basis = 'void'

),

voids as (

    select * from {{ ref('stg_events__voids') }}

),

earned as (

    select * from {{ ref('int_invoice_lines_earned') }} where document_type = 'void'

),

split as (

    select
        voided_lines.*,
        voids.replacement_invoice_id is null and earned.is_service_over as is_conceded,
        least(greatest(voided_lines.net_minor, 0), earned.earned_minor) as earned_minor
    from voided_lines
    inner join voids on voided_lines.event_key = voids.event_key
    inner join earned
        on
            voided_lines.credit_id = earned.document_id
            and voided_lines.credit_line_id = earned.invoice_line_id

),

valued as (

    select
        *,
        case
            when line_net_minor > 0
                then {{ share_between(
                    'line_functional_net_minor', '0', 'earned_minor', 'line_net_minor'
                ) }}
            else 0
        end as functional_earned_minor
    from split

)

select * from valued
