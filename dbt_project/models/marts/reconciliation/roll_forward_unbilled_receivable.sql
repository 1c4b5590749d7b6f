-- One row per legal entity, currency and accounting period: earned and not yet billed.
{{ roll_forward('unbilled_receivable') }}
