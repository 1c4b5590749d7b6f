{# What a disagreement about one document means, in words. #}
{% macro break_words(break_code) -%}
    case {{ break_code }}
        when 'MISSING_IN_ERP' then 'it was posted, and the ERP no longer has it.'
        when 'DUPLICATE_IN_ERP' then 'the ERP has it more than once.'
        when 'ALTERED_IN_ERP' then 'the ERP holds other accounts, dates or amounts than were sealed.'
        when 'UNKNOWN_IN_ERP' then 'the ERP has it, and the books never posted it.'
    end
{%- endmacro %}
