"""Terminals (端设备): identity, admission, configuration versions.

Clauses: Notice 三(二)2; ARCHITECTURE 5.1 (admission). Words: terminal, admission."""
