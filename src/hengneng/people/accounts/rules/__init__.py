"""What each role may do and where it fits; what a password must be (``passwords.toml``, dated)."""
