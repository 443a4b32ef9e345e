"""Lists of metering points: which columns they have, what their rows come to, how it is written."""

from hengneng.registry.points.imports.columns import BEGINNING, COLUMNS, DEFAULT_REGISTER
from hengneng.registry.points.imports.points import PointImporter

__all__ = ["BEGINNING", "COLUMNS", "DEFAULT_REGISTER", "PointImporter"]
