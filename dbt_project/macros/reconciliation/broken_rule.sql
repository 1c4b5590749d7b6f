{# The rule a break breaks, in words; a break of another origin breaks the rule its mart is named
   after. #}
{% macro broken_rule(origin) -%}
    case {{ origin }}
        when 'erp_document_breaks'
            then 'Every sealed document is in the ERP once, as it was sealed, and nothing else is.'
        when 'tie_out_journals_to_erp'
            then 'Sealed journals less what is on its way or refused are the balance of the ERP.'
        when 'tie_out_schedules_to_journals'
            then 'Revenue earned less what is held or not sealed yet is revenue in the journals.'
        when 'tie_out_invoices_to_subledger'
            then 'What billing says a customer owes is receivable in the subledger, or held.'
        when 'tie_out_charges_to_invoices'
            then 'Usage charged is usage invoiced, within the tolerance and the days allowed.'
        when 'tie_out_usage_to_charges'
            then 'Every accepted usage event is charged, held or not due yet.'
        when 'roll_forwards'
            then 'A closing balance is the balance of the contracts and of the ledger.'
        when 'event_dispositions'
            then 'Every accepted event has exactly one disposition.'
        else 'The equation of ' || {{ origin }} || ' holds.'
    end
{%- endmacro %}
