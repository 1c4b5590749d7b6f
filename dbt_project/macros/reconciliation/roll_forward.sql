{# Accounts that people read as positive when they are in credit: what the company owes and earns. #}
{% macro is_credit_role(account_role) -%}
    {{ account_role }} in (
        'deferred_revenue', 'tax_payable', 'customer_credit', 'refund_liability', 'revenue'
    )
{%- endmacro %}

{# The columns in which a balance moves. #}
{% macro roll_forward_movements() -%}
    {{ return([
        'billed', 'credited', 'recognized', 'paid', 'disputed', 'taxed', 'adjusted', 'other',
    ]) }}
{%- endmacro %}

{# The column a type of entry moves a balance in. A type that is named nowhere moves it all the
   same: it falls into `other`. #}
{% macro roll_forward_movement(entry_type) -%}
    case {{ entry_type }}
        when 'billing' then 'billed'
        when 'credit' then 'credited'
        when 'recognition' then 'recognized'
        when 'usage_accrual' then 'recognized'
        when 'payment' then 'paid'
        when 'refund' then 'paid'
        when 'dispute' then 'disputed'
        when 'tax' then 'taxed'
        when 'adjustment' then 'adjusted'
        when 'opening_balance' then 'adjusted'
        else 'other'
    end
{%- endmacro %}

{# The roll-forward of one account role. #}
{% macro roll_forward(account_role) -%}
    with

    roll_forwards as (

        select * from {{ ref('roll_forwards') }}

    ),

    final as (

        select * from roll_forwards where account_role = '{{ account_role }}'

    )

    select * from final
{%- endmacro %}
