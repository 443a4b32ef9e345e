"""The bodies of the city: regulator, districts, airport branch, institute, departments.

Clauses: Notice head and 一(一), 二(一), 三(二). Words: body, district."""
