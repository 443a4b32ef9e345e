"""The desk: to-dos, the list of units, one page per unit, for officials and energy managers.

Clauses: Notice 三(二)2, 三(二)3, 四 (connection, data kept and put to use); ARCHITECTURE 9. Words:
to-do, unit, point, curve, completeness, as known at.

``views`` one file a page · ``sheet`` what a unit's page shows, gathered · ``forms`` the forms.
"""
