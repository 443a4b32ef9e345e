"""The embedded PostgreSQL server: init, start, health, stop, recovery (ARCHITECTURE 4)."""
