"""By its yearly consumption, what a unit counts as: ``classes.toml``, dated."""
