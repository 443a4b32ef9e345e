"""Rows of a file to operations: recognise, preview, all or nothing."""
