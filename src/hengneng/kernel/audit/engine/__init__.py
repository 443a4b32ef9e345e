"""Django's PostgreSQL engine with one addition: a last act before the commit."""
