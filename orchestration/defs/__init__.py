"""Dagster definitions, by station of the flow.

Belongs here: assets, checks, jobs, schedules and sensors; thin calls into the packages.
Does not: business rules, SQL, or files.
"""
