-- One row per legal entity, currency and accounting period: deferred revenue, opening to closing.
{{ roll_forward('deferred_revenue') }}
