"""What the figures mean: who is connected, what the city consumes (Notice 四)."""
