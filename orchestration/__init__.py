"""When, and in which order: Dagster assets, the command line, settings, reports.

Belongs here: thin assets that call the packages, the one reader of the environment.
Does not: business rules of any kind.
"""
