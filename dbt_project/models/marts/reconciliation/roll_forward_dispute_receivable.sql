-- One row per legal entity, currency and accounting period: what networks hold of disputed payments.
{{ roll_forward('dispute_receivable') }}
