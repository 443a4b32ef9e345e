"""The demo city: seeded through operations and the real endpoints (ARCHITECTURE 11)."""
