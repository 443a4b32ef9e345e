"""Accounts, their roles at bodies and units, tokens.

Clauses: Notice 一, 二(二) (who acts); ARCHITECTURE 7. Words: account, membership, role, token."""
