"""The year's notice: what is asked of whom, and who has done it."""
