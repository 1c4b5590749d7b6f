"""The history of the control store's schema.

Belongs here: one step per released change, applied in order when the store is opened.
Does not: data of any company.
"""
