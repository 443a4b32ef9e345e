"""The arithmetic of equipping: what is needed, what is there, what is judged and what cannot be."""
