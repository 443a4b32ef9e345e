"""What the fronts stand on: the look, the page's frame, the view bases, exports, errors in words.

Clauses: ARCHITECTURE 9 (strict CSP, WCAG 2.2 AA, works without JavaScript for reading). Words:
viewer, permission, figure, mark.

``views`` who may and what happens · ``frame`` the way round, and where a list stands ·
``theme`` paper or dark · ``tags`` numbers and names in templates · ``marks`` words and
shapes for standings · ``exports`` a list as csv or xlsx · ``imports`` a list brought
by a file, ``imported`` what it says in words · ``declared`` what units declare, before
and after · ``papers`` kept files to be saved · ``errors`` pages that say what to do ·
``requests`` a number for each request · ``assets`` which npm files are served ·
``templates/cotton`` components · ``static/parts`` the look.
"""
