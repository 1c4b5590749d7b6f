{# What a line sells or bills, from the CTE `product_references`: our product for the code of its
   source. A source with a row in that table speaks in codes of its own, so a code without a row is
   unknown; a source without any uses ours. An unknown code stays as it was sent, for a control to
   hold. #}
{% macro product_columns(code, source) -%}
    {{ code }} as source_product_code,
        coalesce(products.product_code, {{ code }}) as product_code,
        products.product_code is not null
        or {{ source }} not in (
            select product_references.source from product_references
        ) as is_product_known
{%- endmacro %}

{% macro join_products(code, source) -%}
    left join product_references as products
        on
            {{ source }} = products.source
            and {{ code }} = products.source_product_code
{%- endmacro %}
