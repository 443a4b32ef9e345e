"""Messages to exact consumption: digest, stitching, day and month, as known at any instant.

Clauses: Notice 三(二)3, 四; ARCHITECTURE 1.2, 5.2 to 5.4. Words: digest, profile, anchor, gap,
estimate. One file more than other rooms have: ``worker.py``, the process that works off stale days.
"""
