"""One reader per way of writing files: what landed becomes canonical events.

Belongs here: turning files into canonical rows, and refusing what cannot be one, with a sentence.
Does not: deduplication (identities), storing (landing), the contracts themselves.
"""
