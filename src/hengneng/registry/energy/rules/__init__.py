"""Rule records as data (TOML) and how their text is read."""
