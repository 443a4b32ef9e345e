"""What a unit declares waits and changes nothing; what cannot be is refused at once."""

from datetime import date

import pytest
from tests.unit.registry.declarations.conftest import (
    AT,
    CLOSED,
    COAL,
    MARCH,
    NEW,
    OFFICIAL,
    PAPER,
    RENAMED,
    confirm,
    touched,
)

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.personal.models import Person
from hengneng.kernel.personal.operations import NoPersonName
from hengneng.registry.declarations import operations, queries
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.rules import (
    FacilityRun,
    LegalPerson,
    Particulars,
    PointChange,
    SitePlace,
)
from hengneng.registry.energy.operations import Document, DocumentRefused
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries
from hengneng.registry.points.models import Description, Point
from hengneng.registry.points.rules import BadDescription, CodeDoesNotFit
from hengneng.registry.units import operations as units


class TestDeclare:
    def test_waits_and_changes_nothing(self, unit, ledger, declare):
        before = Description.objects.count()

        there = declare()

        (row,) = queries.awaiting(OFFICIAL)
        assert (row.id, row.kind, row.state, row.content) == (
            there.pk,
            "POINT",
            "DECLARED",
            RENAMED,
        )
        assert row.seen == {"name": "E-02"}
        assert Description.objects.count() == before
        assert touched() == []

    def test_leaves_one_entry_that_says_nothing_of_the_trial(self, declare):
        there = declare()
        entry = Entry.objects.latest("sequence")
        assert (entry.action, entry.subject, entry.by) == (
            "declaration.declared", f"declaration:{there.pk}", 9,
        )  # fmt: skip
        assert "within" not in entry.details

    @pytest.mark.parametrize(
        ("content", "error"),
        [
            (NEW._replace(code="E-01"), points.PointExists),
            (NEW._replace(energy_type="NOTHING"), points.UnknownEnergyType),
            (NEW._replace(key="R:E-01:total"), points.KeyTaken),
            (NEW._replace(kind="INCREMENT"), CodeDoesNotFit),
            (NEW._replace(level="LEVEL_9"), BadDescription),
            (NEW._replace(parent="E-99"), points.ForeignPlace),
            (PointChange("E-01", MARCH, parent="E-02"), points.ForeignPlace),
            (PointChange("E-99", MARCH, name="无"), point_queries.UnknownPoint),
            (Particulars(date(2026, 11, 24), department="经信委"), units.NotYet),
            (FacilityRun("CASTLE", MARCH), units.UnknownFacility),
            (SitePlace("S2", "分部", "", "999999", MARCH), units.UnknownDistrict),
            (RENAMED._replace(name="E-02"), operations.NothingNew),
            (RENAMED._replace(name=" "), operations.Incomplete),
        ],
    )
    def test_what_the_registry_would_refuse_is_refused_at_once(self, declare, content, error):
        with pytest.raises(error):
            declare(content)
        assert not Declaration.objects.exists()
        assert not Point.objects.filter(code="E-03").exists()

    def test_another_units_point_is_none_of_its_own(self, other_unit, ledger):
        with pytest.raises(point_queries.UnknownPoint):
            operations.declare(unit_id=other_unit.id, content=RENAMED, by=9, at=AT)

    def test_a_standstill_needs_its_proof(self, declare):
        with pytest.raises(operations.NoProof):
            declare(CLOSED)
        assert declare(CLOSED, proof=PAPER).proof_id == KeptFile.objects.get().id

    def test_a_document_of_another_kind_is_refused(self, declare):
        with pytest.raises(DocumentRefused):
            declare(CLOSED, proof=Document("a.exe", b"MZ"))

    def test_a_legal_persons_name_is_sealed_and_stands_nowhere_else(self, declare):
        there = declare(LegalPerson(MARCH), person_name="王小明")
        assert there.person_id == Person.objects.get().pk
        assert "王小明" not in str(Declaration.objects.values().get())
        assert "王小明" not in str(list(Entry.objects.values_list("details", flat=True)))

    def test_no_document_is_kept_that_would_name_the_legal_person(self, declare):
        with pytest.raises(operations.NamedOnPaper):
            declare(LegalPerson(MARCH), person_name="王小明", proof=PAPER)
        assert not KeptFile.objects.exists()
        assert not Person.objects.exists()

    @pytest.mark.parametrize(
        ("content", "is_new"),
        [
            (COAL, False),
            (COAL._replace(first=date(2026, 4, 1)), False),
            (COAL._replace(until=None), True),
            (COAL._replace(first=date(2026, 2, 1)), True),
            (COAL._replace(report="R-2"), True),
            (CLOSED._replace(valid_from=date(2026, 4, 1)), False),
            (CLOSED._replace(until=date(2026, 6, 1)), False),
            (CLOSED._replace(valid_from=date(2026, 2, 1)), True),
            (CLOSED._replace(reason="歇业"), True),
            (CLOSED._replace(state="SUSPENDED"), True),
        ],
    )
    def test_what_is_on_record_of_all_the_days_is_nothing_new(self, declare, content, is_new):
        confirm(declare(COAL, proof=PAPER))
        confirm(declare(CLOSED, proof=PAPER))
        if is_new:
            assert declare(content, proof=PAPER).state == "DECLARED"
        else:
            with pytest.raises(operations.NothingNew):
                declare(content, proof=PAPER)

    def test_a_legal_person_has_a_name(self, declare):
        with pytest.raises(NoPersonName):
            declare(LegalPerson(MARCH))
