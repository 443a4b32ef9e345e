"""Energy types, coal-equivalent factors and the balance, dated, cited, with their standing.

Clauses: Notice 三(一) "所有用能种类"; GB/T 2589 (factors, balance). Words: energy type, factor,
basis, balance weight.
"""
