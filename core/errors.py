"""Errors that a person reads.

Belongs here: the base of every error that ends a command with a sentence.
Does not: business problems. Those are rows in the exception queue, never exceptions.
"""


class TieoutError(Exception):
    """Something stopped the run; the message says what, with both sides, and what to do next."""
