{#
    What each price model makes of a billable quantity, tier by tier. A tier is a row with the
    columns that tier_arithmetic gives it; a price model is a macro that says what the tier takes,
    and a line in each dispatch here; one that prices events, units or moves from a list takes
    nothing here, and its macro says what it costs. What is none of these has no price.
#}
{% macro tier_takes(tier) -%}
    cast(
        case {{ tier }}.price_model
            when 'flat' then 0
            when 'capacity' then 0
            when 'prorated_graduated' then 0
            when 'per_unit' then {{ per_unit_takes(tier) }}
            when 'dynamic' then {{ per_unit_takes(tier) }}
            when 'percentage' then {{ per_unit_takes(tier) }}
            when 'graduated' then {{ graduated_takes(tier) }}
            when 'graduated_percentage' then {{ graduated_takes(tier) }}
            when 'volume' then {{ volume_takes(tier) }}
            when 'package' then {{ package_takes(tier) }}
            when 'block_graduated' then {{ block_graduated_takes(tier) }}
            when 'block_volume' then {{ block_volume_takes(tier) }}
        end
        as decimal(28, 6)
    )
{%- endmacro %}

{# Whether a meter keeps what a model prices: single events, units, moves, or just a quantity.
   aggregation: what the meter is declared to make of its events; null when nobody declared it. #}
{% macro meter_suits(price_model, aggregation) -%}
    case {{ price_model }}
        when 'percentage' then {{ aggregation }} = 'each'
        when 'prorated_graduated' then {{ aggregation }} = 'prorated_sum'
        when 'capacity' then {{ aggregation }} is not null
        else true
    end
{%- endmacro %}

{# What a tier of a charge costs as a whole count of 10^-18: what it takes at its price, or what the
   list says that its model prices. Where a list is empty there is nothing to pay for.
   events: cost by charge; capacities: the tier that is due; stayed: cost by tier. #}
{% macro tier_cost(tier, events, capacities, stayed) -%}
    case {{ tier }}.price_model
        when 'flat'
            then case
                when {{ tier }}.flat_days is null then {{ tier }}.amount_scaled
                else {{ share_of_days(
                    tier ~ '.amount_scaled', tier ~ '.flat_days', tier ~ '.flat_month_days'
                ) }}
            end
        when 'percentage'
            then case
                when {{ events }}.usage_charge_id is null then 0 else {{ events }}.amount_scaled
            end
        when 'capacity'
            then case
                when {{ capacities }}.usage_charge_id is null then 0
                else {{ share_of_days(
                    scaled_by_18(tier ~ '.flat_amount'),
                    capacities ~ '.days_charged', capacities ~ '.days_of_line',
                ) }}
            end
        when 'prorated_graduated'
            then {{ prorated_tier_cost(stayed, tier ~ ".rounding_place = 'tier'") }}
        else {{ tier }}.amount_scaled
    end
{%- endmacro %}

{# True when no tier behind this one is needed to price the quantity. When no tier of a plan says
   so, the plan has no price for the quantity, and the charge has none. #}
{% macro tier_ends_the_price(tier) -%}
    case
        when {{ tier }}.billable_quantity is null then false
        else {{ price_model_ends(tier) }}
    end
{%- endmacro %}

{% macro price_model_ends(tier) -%}
    case {{ tier }}.price_model
        when 'flat' then {{ tier }}.is_first
        when 'per_unit' then {{ tier }}.is_first
        when 'dynamic' then {{ tier }}.is_first
        when 'percentage' then {{ tier }}.is_first
        when 'capacity' then {{ tier }}.is_first
        when 'prorated_graduated' then {{ tier }}.is_first
        when 'package' then {{ tier }}.is_first and {{ package_is_sold(tier) }}
        else
            {{ tier }}.price_model in (
                'graduated', 'graduated_percentage', 'volume', 'block_graduated', 'block_volume'
            )
            and {{ tier }}.billable_quantity >= 0
            and {{ tier_holds_or_exceeds(tier) }}
    end
{%- endmacro %}

{# The flat amount of a tier is due once the tier takes anything. Whether the first one is due
   without any usage is a convention of the price; where it is not known, neither is the amount. #}
{% macro tier_flat_amount(tier) -%}
    case
        when {{ tier }}.price_model = 'flat' and {{ tier }}.is_first then {{ tier }}.flat_amount
        when {{ tier }}.takes > 0 then {{ tier }}.flat_amount
        when {{ tier }}.is_first and {{ tier }}.billable_quantity = 0 and {{ tier }}.flat_amount <> 0
            then
                case
                    when {{ tier }}.bills_first_flat_at_zero then {{ tier }}.flat_amount
                    when not {{ tier }}.bills_first_flat_at_zero then 0
                end
        else 0
    end
{%- endmacro %}

{# A percentage of up to 10 decimals as the price of one unit of money. #}
{% macro percent_as_price(percent) -%}
    cast(
        cast({{ percent }} as decimal(18, 10)) * cast('0.01' as decimal(3, 2)) as decimal(20, 12)
    )
{%- endmacro %}
