"""A unit's pages: one file a tab, the tabs' common head in ``base``."""
