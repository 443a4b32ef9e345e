"""The desk of officials and the institute: to-dos, the list of units, a unit's pages, evidence.

Clauses: Notice 三(二)2, 三(二)3, 四 (connection, data kept and put to use); ARCHITECTURE 9. Words:
to-do, unit, point, curve, completeness, as known at, evidence, view.

``views`` one file a page · ``unit_list`` what the list of units finds · ``asked`` what an address
asks of a unit · ``sheet`` a unit's figures, gathered · ``evidence`` messages opened for people ·
``fact_words`` facts of the registry in words · ``network`` a unit's points and energy drawn ·
``forms`` and ``…_forms`` the forms.
"""
