"""What is measured, by what: the ledger every figure stands on."""
