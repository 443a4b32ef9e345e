"""Files kept by their digest: what people upload or import stays exactly as it came.

The bytes lie in the data folder under their SHA-256, the table says who brought them and when.
"""
