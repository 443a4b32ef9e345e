"""The kinds of list that the installed rooms bring."""

import pytest

from hengneng.kernel.imports import kinds
from hengneng.registry.units.imports import UnitImporter


def test_rooms_bring_their_kinds():
    assert kinds.importers()["units"] is UnitImporter
    assert {"units", "listings", "points", "instruments"} <= set(kinds.importers())


def test_of_the_same_kind_the_highest_rooms_counts():
    module = kinds.importers()["points"].__module__
    assert module.startswith("hengneng.registry.instruments.imports")


def test_every_kind_says_each_heading_once():
    for kind, importer in kinds.importers().items():
        names = [name for c in importer.columns for name in (c.name, c.zh)]
        assert len(names) == len(set(names)), kind


def test_a_strange_kind_is_refused():
    with pytest.raises(kinds.UnknownKind, match="there is no list of ships"):
        kinds.importer("ships")
