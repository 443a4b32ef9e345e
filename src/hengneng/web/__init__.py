"""The fronts: no rules, only translation between people, programs and operations."""
