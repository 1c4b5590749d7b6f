-- One row per prepaid invoice line of which credit memos took back a part: that part, counted in
-- what was billed of the contract line so far. A memo takes back what was billed last by its day.
with

invoice_lines as (

    select * from {{ ref('int_invoice_lines_valued') }} where line_kind = 'prepaid'

),

credit_lines as (

    select * from {{ ref('int_credit_lines_unioned') }}

),

standing as (

    select * from invoice_lines
    where
        invoice_id not in (
            select credit_lines.invoice_id from credit_lines where credit_lines.basis = 'void'
        )

),

moves as (

    select
        contract_id,
        contract_line_id,
        invoice_date as move_date,
        1 as rank,
        invoice_id as document_id,
        invoice_line_id as line_id,
        invoice_line_id,
        net_minor as billed_minor,
        0 as credited_minor
    from standing
    union all
    select
        standing.contract_id,
        standing.contract_line_id,
        greatest(credit_lines.document_date, standing.invoice_date) as move_date,
        2 as rank,
        credit_lines.document_id,
        credit_lines.credit_line_id as line_id,
        null as invoice_line_id,
        0 as billed_minor,
        credit_lines.net_minor as credited_minor
    from standing
    inner join credit_lines
        on
            standing.invoice_id = credit_lines.invoice_id
            and standing.invoice_line_id = credit_lines.invoice_line_id
    where credit_lines.basis = 'modification'

),

summed as (

    select
        *,
        sum(billed_minor) over so_far as billed_to,
        sum(billed_minor - credited_minor) over so_far as left_to,
        max(case when rank = 2 then move_date end) over (
            partition by contract_id, contract_line_id
        ) as last_credit_date
    from moves
    window so_far as (
        partition by contract_id, contract_line_id
        order by move_date, rank, document_id, line_id
    )

),

lowest as (

    select
        *,
        min(left_to) over (
            partition by contract_id, contract_line_id
            order by move_date, rank, document_id, line_id
            rows between current row and unbounded following
        ) as lowest_left_to
    from summed

),

taken as (

    select
        document_id as invoice_id,
        invoice_line_id,
        contract_id,
        contract_line_id,
        last_credit_date,
        cast(billed_to - least(left_to - lowest_left_to, billed_minor) as bigint) as taken_from,
        cast(billed_to as bigint) as taken_to,
        row_number() over (
            partition by contract_id, contract_line_id
            order by billed_to desc, document_id asc, line_id asc
        ) = 1 as is_last
    from lowest
    where rank = 1 and left_to > lowest_left_to

)

select * from taken
