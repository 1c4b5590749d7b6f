-- One row per legal entity, currency and accounting period: disputed payments.
{{ roll_forward('dispute_receivable') }}
