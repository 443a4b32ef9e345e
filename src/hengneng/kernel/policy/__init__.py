"""Who may see and do what: Viewer, Grant, permissions; deny by default (ARCHITECTURE 7)."""
