"""Try a list and take it."""

from hengneng.kernel.imports.operations.lists import commit, preview

__all__ = ["commit", "preview"]
