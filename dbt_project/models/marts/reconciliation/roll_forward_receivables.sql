-- One row per legal entity, currency and accounting period: accounts receivable.
{{ roll_forward('accounts_receivable') }}
