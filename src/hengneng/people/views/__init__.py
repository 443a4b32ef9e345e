"""The lists that a person comes back to: what a list was asked to show, kept under a name.

Clauses: Notice 四 (data put to use); ARCHITECTURE 9. Words: saved view.
"""
