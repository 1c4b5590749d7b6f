-- One row per row that was not accepted and that nobody has replayed since.
with

quarantine as (

    select * from {{ source('raw', 'quarantine') }}

),

replays as (

    select * from {{ source('raw', 'replays') }}

),

open_rows as (

    select quarantine.*
    from quarantine
    left join replays
        on
            quarantine.manifest_number = replays.quarantined_number
            and quarantine.landed_path = replays.landed_path
            and quarantine.landed_line = replays.landed_line
    where replays.landed_path is null

)

select * from open_rows
