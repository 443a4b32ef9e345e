"""The readings: evidence, exact consumption, quality (Notice 三)."""
