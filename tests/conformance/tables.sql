-- What cases are translated to: the columns that the macros of the product read.
create schema cases;
create table cases.terms (
    case_id varchar,
    price_model varchar,
    scenario varchar,
    billing_mode varchar,
    line_position varchar,
    conversion_operation varchar,
    conversion_factor decimal(38, 12),
    conversion_decimals integer,
    conversion_rounding varchar,
    package_size decimal(28, 6),
    package_rounding varchar,
    free_quantity decimal(28, 6),
    bills_first_flat_at_zero boolean,
    percent_discount decimal(28, 6),
    minimum_amount decimal(38, 12),
    maximum_amount decimal(38, 12),
    amount_billed_before decimal(38, 12),
    effective_decimals integer,
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.tiers (
    case_id varchar,
    part varchar,
    tier_number bigint,
    up_to_quantity decimal(28, 6),
    unit_price decimal(20, 12),
    rate_percent decimal(18, 10),
    flat_amount decimal(38, 12),
    tier_cap decimal(38, 12),
    block_size decimal(28, 6),
    max_blocks decimal(28, 6)
);
create table cases.quantities (
    case_id varchar,
    part varchar,
    run_number bigint,
    period_number bigint,
    quantity decimal(28, 6),
    quantity_before decimal(28, 6),
    full_quantity decimal(28, 6),
    is_final boolean
);
create table cases.percentage_events (
    case_id varchar,
    position bigint,
    amount decimal(28, 6),
    free_events bigint,
    free_amount decimal(28, 6),
    rate_percent decimal(18, 10),
    fixed_amount_per_event decimal(38, 12),
    minimum_per_event decimal(38, 12),
    maximum_per_event decimal(38, 12)
);
create table cases.line_amounts (
    case_id varchar,
    position bigint,
    quantity decimal(28, 6),
    amount decimal(38, 12)
);
create table cases.capacity_tiers (
    case_id varchar,
    tier_number bigint,
    amount decimal(38, 12)
);
create table cases.capacity_limits (
    case_id varchar,
    tier_number bigint,
    unit varchar,
    max_quantity decimal(28, 6)
);
create table cases.capacity_quantities (
    case_id varchar,
    unit varchar,
    quantity decimal(28, 6)
);
create table cases.unit_moves (
    case_id varchar,
    position bigint,
    moved_on date,
    quantity decimal(28, 6),
    prorated_quantity decimal(28, 6),
    period_start date,
    period_end date,
    full_period_end date
);
create table cases.prorations (
    case_id varchar,
    method varchar,
    amount decimal(38, 12),
    tax_percent decimal(28, 6),
    from_date date,
    to_date date,
    from_at timestamp,
    to_at timestamp,
    time_zone varchar,
    period_from date,
    period_to date,
    period_from_at timestamp,
    period_to_at timestamp,
    is_prorated boolean,
    day_count varchar,
    stub varchar,
    period_length bigint,
    period_unit varchar,
    bill_cycle_day bigint,
    target_date date,
    billing_mode varchar,
    full_months bigint,
    partial_days bigint,
    partial_denominator_days bigint,
    amount_billed decimal(38, 12),
    previous_credits decimal(38, 12),
    quotient_decimals integer,
    precise_decimals integer,
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.plan_changes (
    case_id varchar,
    position bigint,
    component varchar,
    old_amount decimal(38, 12),
    old_quantity decimal(28, 6),
    new_amount decimal(38, 12),
    new_quantity decimal(28, 6),
    is_one_time boolean,
    is_usage_based boolean,
    period_from date,
    period_to date,
    change_date date,
    day_count varchar,
    daily_rate_decimals integer,
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.meter_periods (
    case_id varchar,
    aggregation varchar,
    period_start_at timestamp,
    period_end_at timestamp,
    field varchar,
    operation_field varchar,
    group_by varchar[],
    include map(varchar, varchar[]),
    exclude map(varchar, varchar[])[],
    is_recurring boolean,
    prorates_carried_units boolean,
    full_period_days bigint,
    initial_value decimal(38, 12),
    is_numeric_only boolean,
    floors_at_zero boolean,
    level_before decimal(38, 12),
    highest_level_before decimal(38, 12),
    event_value decimal(38, 12),
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.report_groups (
    case_id varchar,
    group_values varchar[]
);
create table cases.events (
    case_id varchar,
    position bigint,
    event_id varchar,
    occurred_at timestamp,
    properties map(varchar, varchar)
);
create table cases.commitments (
    case_id varchar,
    method varchar,
    amount decimal(38, 12),
    plan_fee decimal(38, 12),
    usage_fees decimal(38, 12),
    period_from date,
    period_to date,
    from_date date,
    to_date date,
    overage_factor decimal(28, 6),
    used_before decimal(38, 12),
    used_now decimal(38, 12),
    is_prepaid boolean,
    normal_charge decimal(38, 12),
    overage_charge decimal(38, 12),
    rounds_fees_first boolean,
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.commitment_fees (
    case_id varchar,
    amount decimal(38, 12),
    covers varchar
);
create table cases.commitment_windows (
    case_id varchar,
    quantity decimal(28, 6),
    unit_amount decimal(20, 12),
    commitment_amount decimal(38, 12),
    commitment_quantity decimal(28, 6),
    overage_factor decimal(28, 6),
    is_trued_up boolean
);
create table cases.bills (
    case_id varchar,
    method varchar,
    amount decimal(38, 12),
    quantity decimal(28, 6),
    quantity_before decimal(28, 6),
    rounding_decimals integer,
    rounding_mode varchar
);
create table cases.bill_items (
    case_id varchar,
    position bigint,
    item_key varchar,
    amount decimal(38, 12),
    fee_type varchar,
    tie_break varchar
);
create table cases.coupons (
    case_id varchar,
    position bigint,
    coupon_order varchar,
    coupon_type varchar,
    amount decimal(38, 12),
    already_used decimal(38, 12),
    percent decimal(28, 6)
);
create table cases.wallets (
    case_id varchar,
    position bigint,
    wallet_id varchar,
    balance decimal(38, 12),
    priority bigint,
    only_fee_type varchar
);
create table cases.spans (
    case_id varchar,
    start_at timestamp,
    until_at timestamp
);
create table cases.grants (
    case_id varchar,
    position bigint,
    grant_id varchar,
    amount decimal(38, 12),
    starting_balance decimal(38, 12),
    effective_at timestamp,
    expires_at timestamp,
    voided_at timestamp,
    priority bigint,
    anchor_at timestamp,
    every_days bigint
);
create table cases.usages (
    case_id varchar,
    position bigint,
    occurred_at timestamp,
    quantity decimal(38, 12)
);
