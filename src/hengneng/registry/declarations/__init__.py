"""What a unit itself proposes of its ledger, and an official confirms before it counts.

Clauses: Notice 一(二), 三(一), 三(二)2; Measures 132, art. 9. Words: declaration, kind, content,
proof, confirm, send back, withdraw.
"""
