{# Blocks, all tiers: usage fills the tiers in order, and a started block is billed whole. #}
{% macro block_graduated_takes(tier) -%}
    {{ started_blocks('(' ~ graduated_takes(tier) ~ ')', tier ~ '.block_size') }}
{%- endmacro %}

{# Blocks, top tier: the tier that holds the whole quantity sells all of it in its own blocks. #}
{% macro block_volume_takes(tier) -%}
    {{ started_blocks('(' ~ volume_takes(tier) ~ ')', tier ~ '.block_size') }}
{%- endmacro %}

{% macro started_blocks(quantity, block_size) -%}
    case
        when {{ block_size }} > 0
            then {{ div_ceiling(scaled_quantity(quantity), scaled_quantity(block_size)) }}
    end
{%- endmacro %}

{# Where a tier ends that sells so many blocks: with the last block of it and of those before; the
   last tier goes on. #}
{% macro block_bound(tiers, partition_by) -%}
    cast(
        case
            when lead({{ tiers }}.tier_number) over (
                partition by {{ partition_by }} order by {{ tiers }}.tier_number
            ) is null
                then null
            when {{ tiers }}.max_blocks is null then null
            else sum({{ tiers }}.block_size * {{ tiers }}.max_blocks) over (
                partition by {{ partition_by }}
                order by {{ tiers }}.tier_number
                rows between unbounded preceding and current row
            )
        end as decimal(28, 6)
    )
{%- endmacro %}
