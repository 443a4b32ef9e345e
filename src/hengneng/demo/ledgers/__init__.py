"""The ledgers of the demo city's units: cards, consumers, instruments with their certificates.

``outfit.toml`` and ``cards.toml`` say what there is; ``subjects`` looks at both kinds of units
alike, ``consumers``, ``outfit``, ``papers`` and ``cards`` make a unit's ledger of it, drawn by
names; ``entering`` enters all of it as of the history's first day, ``following`` what came of it
within the year, ``telling`` what single units have told and shown, ``stocking`` what they hold of
fuels, ``declaring`` what they declare.
"""
