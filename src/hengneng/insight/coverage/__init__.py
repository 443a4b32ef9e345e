"""Who is connected: the age of each unit's last message, and how complete its slots are.

Clauses: Notice 三(一), 四(一); GB/T 38692. Words: connection, standing, completeness, freshness.
"""
