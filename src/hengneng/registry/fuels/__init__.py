"""What a unit's own fuels give and how much of them it holds and buys, as its papers say.

Measured heat values go before any table. Stock takings and purchases by invoice tell what was used
of a fuel that no meter stands for; nothing of them is ever called measured.

Clauses: GB/T 2589 (the measured lower heating value goes before the table); JJF 1356 (form B.10:
purchase, use and stock of the year); Notice 三(一) "所有用能种类". Words: heat value, measured;
stock taking, purchase.
"""
