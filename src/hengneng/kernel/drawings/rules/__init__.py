"""Where each box, line and band lies, and how they are written."""
