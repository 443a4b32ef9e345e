"""The demo city's further units: some six hundred beside the 26 that are reviewed.

``catalogue.toml`` says what sectors, points and manners there are, ``names.toml`` of what names are
made; ``units`` makes the units of it, ``amounts`` what they use, ``sending`` what their terminals
say of it and when. Seeded by names, so that the same catalogue gives the same city everywhere.
"""
