"""One entry per operation, chained and rooted daily (ARCHITECTURE 8)."""
