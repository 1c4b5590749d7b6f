{# Rank, disposition and reason of one subledger line in one sortable text: the smallest of a
   subject's lines is the subject's. Held needs a person most, posted needs nobody. #}
{% macro disposition_rank(delivery_status, hold_code) -%}
    case {{ delivery_status }}
        when 'held' then '1:held:' || coalesce({{ hold_code }}, 'HELD_AT_DELIVERY')
        when 'conflict' then '2:in_flight:CONFLICT'
        when 'rejected' then '3:in_flight:REJECTED'
        when 'pending_approval' then '4:in_flight:PENDING_APPROVAL'
        when 'awaiting_sealing' then '5:in_flight:AWAITING_SEALING'
        when 'in_flight' then '6:in_flight:ON_ITS_WAY'
        when 'posted' then '7:posted:POSTED'
    end
{%- endmacro %}
