"""What the city consumes: sums of units' days and months by district and by energy type, in coal.

Clauses: Notice 四(三); GB/T 2589 (factors, balance). Words: overall energy consumption, boundary,
complete, partial, silent. A sum names what it lacks; nothing missing is taken for zero.
"""
