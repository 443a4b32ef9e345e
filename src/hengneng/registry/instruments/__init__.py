"""Energy measuring instruments by date: where they stood, how they stood, what certified them.

Clauses: Notice 三(二)2 "关口表具信息发生变化"; Notice 一(二); JJF 1356, forms B.3 to B.7; GB 17167;
Measures 132. Words: instrument, installation, exchange, certificate, cycle, change notice, due.
``imports/``: how a file's rows become this room's facts (kernel/imports).
"""
