"""Purposes and terms (``purposes.toml``), and what a mask leaves."""
