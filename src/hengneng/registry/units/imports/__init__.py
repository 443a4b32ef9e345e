"""Lists of units, and lists of the units that stand on a year's list."""

from hengneng.registry.units.imports.listings import ListingImporter
from hengneng.registry.units.imports.units import UnitImporter

__all__ = ["ListingImporter", "UnitImporter"]
