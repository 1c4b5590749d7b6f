"""Measurements on one machine, with the budgets they are held against.

Belongs here: programs that run Tieout as people do and say what it took.
Does not: tests of behaviour (tests) or claims without numbers.
"""
