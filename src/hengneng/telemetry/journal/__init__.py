"""Every upload kept exactly as received: messages, their days, stale marks, rejections.

Clauses: Notice 三(二)2, 三(二)3; ARCHITECTURE 1.1, 5.1.
Words: message, channel, rejection, stale mark.

Beside the usual files: ``bodies.py`` packs a message's bytes with the dictionaries in
``dictionaries/``, which are kept for ever because old messages need them.
"""
