"""How documents reach an ERP: one port, and one module per ERP behind it.

Belongs here: the port and its connectors.
Does not: when a document may be sent, or what to do after an unknown outcome (delivery).
"""
