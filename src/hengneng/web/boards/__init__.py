"""Boards: the city today, and each district, for a wall, a desk and a phone.

Clauses: Notice 四(一), 四(三); ARCHITECTURE 9. Words: overall energy consumption, completeness,
freshness, today so far.

``sheet`` what a board shows, gathered · ``views`` the pages and their file · ``reported``,
``reported_views`` the same two of consumption by month, as known now or at an instant. The wall
(``?wall=1``) is the board's page, larger, without controls; it alone fetches itself anew.
"""
