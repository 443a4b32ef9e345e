"""What is sent up and out: a unit's ledger as forms, later reports to districts and nation."""
