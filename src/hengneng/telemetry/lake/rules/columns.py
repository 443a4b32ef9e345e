"""The columns of a month's files. A change of them is a new form, and every month is copied anew.

Month and district are in the folders' names: ``month=2026-03/district=310101``.
"""

# Of columns and their order; part of every file's state.
FORM = 2
# Where a point stands when its district is not known, or when it is in no district alone.
NOWHERE = "unknown"

# Amounts have 31 digits before the point in PostgreSQL, 29 in Parquet; what is wider is refused.
AMOUNT = "DECIMAL(38, 9)"
# In the order of ``consumption.queries.copies``.
COLUMNS = {
    "unit_id": "BIGINT",
    "point_id": "BIGINT",
    "energy_type": "VARCHAR",
    "level": "VARCHAR",
    "flow": "VARCHAR",
    "day": "DATE",
    "slot_seconds": "INTEGER",
    "scale": "SMALLINT",  # a slot's energy is its integer times ten to the minus scale
    "values": "BIGINT[]",  # one a slot; null: not known, never 0
    "marks": "VARCHAR",  # one letter a slot, consumption.rules.marks
    "methods": "VARCHAR",  # one letter a slot, consumption.rules.methods; null: no estimate
    "first_at": "INTEGER",  # first good register of the day [s of the day]
    "first_value": AMOUNT,
    "last_at": "INTEGER",
    "last_value": AMOUNT,
    "amount": AMOUNT,
    "late": AMOUNT,
    "estimated": AMOUNT,
    "manual": AMOUNT,
    "supplied": AMOUNT,
    "expected": "INTEGER",
    "received": "INTEGER",
    "known": "INTEGER",
    "basis": "VARCHAR",
}
UNITS = {"unit_id": "BIGINT", "code": "VARCHAR", "name": "VARCHAR", "sector": "VARCHAR"}
