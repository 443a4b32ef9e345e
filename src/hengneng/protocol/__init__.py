"""The words meters, terminals, city and nation speak: bytes to values and back, no I/O."""
