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
