"""How meters are spoken to: one small file a protocol, known by name in ``kinds``."""
