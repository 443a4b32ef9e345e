"""What a unit's own fuels were measured to give: heat values, which go before any table.

Clauses: GB/T 2589 (the measured lower heating value goes before the table). Words: heat value,
measured.
"""
