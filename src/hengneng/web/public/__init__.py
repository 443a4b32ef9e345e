"""The pages anyone may open: what the platform is, signing in and out, language, one's own account.

Clauses: Notice 一, 二(二) (who takes part); ARCHITECTURE 7, 9. Words: account, sign-in.
"""
