"""The one script's verbs (./hengneng --help)."""
