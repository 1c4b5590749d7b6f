"""Great Expectations suites as code.

Belongs here: expectations at the borders of the flow, over frames of bounded size.
Does not: exact money equalities (dbt tests hold those) or business exceptions (rows do).
"""
