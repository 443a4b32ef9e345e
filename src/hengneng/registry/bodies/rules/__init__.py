"""The city as data: ``city.toml``."""
