"""The room's rules: kinds, certificates and cycles, standing, changes, notices; their TOML."""
