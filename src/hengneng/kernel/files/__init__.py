"""Files kept by their digest, and the installation's own secrets."""
