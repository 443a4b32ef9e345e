"""Lists of instruments and of certificates, and of points that name the instrument there."""

from hengneng.registry.instruments.imports.certificates import CertificateImporter
from hengneng.registry.instruments.imports.instruments import InstrumentImporter
from hengneng.registry.instruments.imports.points import PointImporter

__all__ = ["CertificateImporter", "InstrumentImporter", "PointImporter"]
