"""Public notices: a body drafts one, publishes it with its attachments, withdraws it with a reason.

Clauses: Notice 三(二)1, annex 2, annex 4. Words: notice, body, attachment.
"""
