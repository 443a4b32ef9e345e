"""Energy types and coal-equivalent factors, dated, cited, with their standing.

Clauses: Notice 三(一) "所有用能种类"; GB/T 2589 (factors). Words: energy type, factor."""
