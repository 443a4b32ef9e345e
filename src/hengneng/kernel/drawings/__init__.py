"""Trees and flows as drawings: plain values to SVG text, the same text for the same values.

Clauses: JJF 1356 (figures B.1, B.2). Words: drawing, node, edge, flow. Whoever draws brings every
word in the reader's language and shows the same numbers in a table; on a page the style is the
page's (classes ``drawing…``), a standalone drawing brings its own.
"""

from hengneng.kernel.drawings.rules.sankey import Flow, sankey_svg
from hengneng.kernel.drawings.rules.svg import Node, NotDrawable
from hengneng.kernel.drawings.rules.tree import Edge, tree_svg

__all__ = ["Edge", "Flow", "Node", "NotDrawable", "sankey_svg", "tree_svg"]
