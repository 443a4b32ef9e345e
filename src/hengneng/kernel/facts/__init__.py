"""Two times on every fact: when it was true, and since when we knew it (ARCHITECTURE 1.3)."""
