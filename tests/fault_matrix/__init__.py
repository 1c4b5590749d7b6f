"""Faults injected one at a time into a sound company, and which control names each of them.

Belongs here: the sound company, the faults by where they strike, running them, the matrix.
Does not: the controls themselves; what a fault must not reach (it is compared here, line by line).
"""
