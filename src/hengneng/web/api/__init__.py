"""The open API: units, points, consumption and day profiles, and lists to import, for programs.

Clauses: Notice 三(二)3 and 四 (data put to use); ARCHITECTURE 10 (paths, changed only by adding).
Words: bearer token, permission, page, basis, factor.

``access`` who asks and may they · ``answers`` pages, refusals, exact numbers · ``spans`` what
``from``, ``to`` and ``as_of`` mean · ``units points consumption differences rollups profiles`` one
resource each, its words (schemas) beside its routes · ``imports`` lists on their way into the
ledger, ``import_words`` their words · ``urls`` the routes and ``openapi.json``.
"""
