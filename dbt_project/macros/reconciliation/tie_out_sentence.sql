{# Both numbers of a tie-out, every reason why they may differ, and what is left without one.
   The row has left_minor, right_minor, difference_minor, currency and minor_unit_exponent;
   reasons are pairs of a column and what the money in it is. #}
{% macro tie_out_sentence(subject, left_words, right_words, reasons) -%}
    {{ subject }} || ': {{ left_words }} '
    || {{ amount_text('left_minor', 'minor_unit_exponent', 'currency') }}
    || ', {{ right_words }} '
    || {{ amount_text('right_minor', 'minor_unit_exponent', 'currency') }} || '.'
    {%- for column, words in reasons %}
    || case
        when {{ column }} <> 0
            then ' ' || {{ amount_text(column, 'minor_unit_exponent', 'currency') }}
                || ' {{ words }}.'
        else ''
    end
    {%- endfor %}
    || case
        when difference_minor <> 0
            then ' ' || {{ amount_text('difference_minor', 'minor_unit_exponent', 'currency') }}
                || ' is unexplained.'
        else ''
    end
{%- endmacro %}
