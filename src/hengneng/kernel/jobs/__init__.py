"""Background work on PostgreSQL and the progress it shows (ARCHITECTURE 4, 9)."""
