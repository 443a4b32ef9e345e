"""Writes: the recompute."""
