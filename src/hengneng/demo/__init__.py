"""The demo city: seeded through operations and the real endpoints (ARCHITECTURE 11).

``city.toml`` says which units and points there are, ``sim`` what their meters count,
``faults.toml`` what goes wrong; ``founding`` enters them, ``terminals`` speak for them over HTTP
only, ``living`` keeps them speaking.
"""
