"""Reports for finance and auditors: files of marts, and the close pack.

Belongs here: what is written for people from the published marts.
Does not: computing a figure (dbt does), or when a report is written (defs.publish, the CLI).
"""
