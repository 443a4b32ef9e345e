"""Reads: evidence for the arithmetic, and figures for people and programs (``figures``)."""
