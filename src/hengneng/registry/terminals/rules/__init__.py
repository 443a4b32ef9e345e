"""The dated rules of admission: ``admission.toml`` and what reads it."""
