from collections import Counter
from datetime import UTC, date, datetime

import pytest

from hengneng.demo import founding, loading, plan
from hengneng.demo.further.catalogue import Manner
from hengneng.demo.ledgers import entering, following, subjects
from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.protocol.records import DAY_SECONDS
from hengneng.registry.bodies import operations as bodies
from hengneng.registry.declarations import operations as declaration_writes
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.energy import operations as energy
from hengneng.registry.fuels import queries as fuels
from hengneng.registry.instruments import operations as instrument_writes
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.models import Certificate, ChangeNotice
from hengneng.registry.units.models import Business, Event

AT = datetime(2026, 11, 23, 1, tzinfo=UTC)
PLAN = plan.plan_of(AT, days=60)

pytestmark = pytest.mark.django_db


@pytest.fixture
def brought_up():
    """The whole demo city's ledgers, brought up two days before the founding."""
    with loading.clock_at(PLAN.begins * DAY_SECONDS, latest=AT) as at:
        energy.load_rules(by=None, at=at)
        instrument_writes.load_rules(by=None, at=at)
        bodies.load_city(by=None, at=at)
        founding.found(PLAN, at=at)
    with loading.clock_at(clock.local_second(AT) - 2 * DAY_SECONDS, latest=AT) as at:
        following.bring_up(PLAN, at=at)
    return {unit.code: founding.unit_id_of(unit.code) for unit in subjects.subjects()}


def first_in(manner):
    return next(unit for unit in subjects.subjects() if unit.manner is manner)


class TestBringUp:
    def test_brings_the_ledgers_to_the_day(self, brought_up):
        """One test: the whole city takes seconds to enter."""
        rows = [
            row
            for held in instruments.instruments_by_unit(list(brought_up.values()), at=AT).values()
            for row in held
        ]
        self.sees_certificates_at_every_stage(rows)
        self.sees_a_class_that_the_certificate_does_not_give(brought_up)
        self.sees_what_units_told()
        self.sees_units_that_stand_still(brought_up)
        self.sees_renames_and_heat_values(brought_up)
        self.sees_stocks_and_purchases(brought_up)
        self.sees_what_units_declare()
        self.can_be_done_again()
        self.can_be_confirmed()

    def sees_certificates_at_every_stage(self, rows):
        assert len(rows) == 11_922
        assert Counter(row.due for row in rows) == {
            "LATER": 10_484,
            "WITHIN_90": 598,
            "OVERDUE": 542,
            "WITHIN_30": 171,
            "UNKNOWN": 127,
        }
        assert Counter(row.condition for row in rows) == {
            "QUALIFIED": 11_684,
            "STOPPED": 133,
            "LIMITED": 105,
        }

    def sees_a_class_that_the_certificate_does_not_give(self, ids):
        code, point = entering.planted()
        (row,) = [
            row for row in instruments.instruments_of(ids[code], at=AT) if row.point_code == point
        ]
        assert (row.stated_class, row.accuracy_class) == ("1.5", "2.5")

    def sees_what_units_told(self):
        told = Counter(ChangeNotice.objects.values_list("kind", "state"))
        assert told == {
            ("EXCHANGE", "REPORTED"): 3,
            ("EXCHANGE", "SENT_BACK"): 1,
            ("RATIO", "REPORTED"): 1,
            ("MOVE", "REPORTED"): 2,
            ("MOVE", "WITHDRAWN"): 1,
            ("STOP", "REPORTED"): 2,
            ("STOP", "SENT_BACK"): 1,
        }

    def sees_what_units_declare(self):
        declared = Counter(Declaration.objects.values_list("kind", "state"))
        assert declared == {
            ("NEW_POINT", "DECLARED"): 2,
            ("POINT", "DECLARED"): 1,
            ("POINT", "SENT_BACK"): 1,
            ("FACILITY", "DECLARED"): 1,
            ("HEAT_VALUE", "DECLARED"): 1,
            ("PARTICULARS", "DECLARED"): 1,
            ("LEGAL_PERSON", "DECLARED"): 1,
            ("STANDING", "WITHDRAWN"): 1,
        }
        proofs = Declaration.objects.filter(proof__isnull=False)
        assert all(files.read(there.proof_id).endswith(b"%%EOF\n") for there in proofs)

    def sees_units_that_stand_still(self, ids):
        believed = Business.objects.filter(superseded_at=None).exclude(state="IN_BUSINESS")
        assert dict(believed.values_list("unit_id", "state")) == {
            ids[first_in(Manner.NEVER).code]: "CLOSED",
            ids[first_in(Manner.SILENT).code]: "SUSPENDED",
        }
        assert all(version.proof_id for version in believed)

    def sees_renames_and_heat_values(self, ids):
        assert Event.objects.filter(kind="RENAME").count() == 2
        measured = Counter(
            row.energy_type_id for unit_id in ids.values() for row in fuels.heat_values_of(unit_id)
        )
        assert measured == {"RAW_COAL": 7, "NATURAL_GAS": 6}

    def sees_stocks_and_purchases(self, ids):
        taken = Counter(
            row.energy_type_id for unit_id in ids.values() for row in fuels.takings_of(unit_id)
        )
        # Three days each, one day less for each that is late.
        assert taken == {"RAW_COAL": 6 * 3 - 1, "FUEL_OIL": 2 * 3, "DIESEL": 5 * 3 - 1}
        first, until = date(2025, 1, 1), date(2026, 1, 1)
        told = [one for i in ids.values() for one in fuels.fuels_over(i, first, until)]
        diesel = [one for one in told if one.energy_type_id == "DIESEL"]
        assert sorted(str(*one.derived.lacks) for one in diesel) == ["", "", "", "", "OPENING"]
        assert all(one.derived.used > 0 for one in diesel if not one.derived.lacks)

    def can_be_done_again(self):
        before = Certificate.objects.count(), ChangeNotice.objects.count(), Event.objects.count()

        with loading.clock_at(clock.local_second(AT) - 2 * DAY_SECONDS, latest=AT) as at:
            following.bring_up(PLAN, at=at)

        after = Certificate.objects.count(), ChangeNotice.objects.count(), Event.objects.count()
        assert after == before

    def can_be_confirmed(self):
        for notice in ChangeNotice.objects.filter(state="REPORTED"):
            instrument_writes.confirm_change(notice_id=notice.pk, by=None, at=AT)
        assert not ChangeNotice.objects.filter(state="REPORTED").exists()
        for there in Declaration.objects.filter(state="DECLARED"):
            declaration_writes.confirm(
                declaration_id=there.pk, seen_at=there.declared_at, by=None, at=AT
            )
        assert not Declaration.objects.filter(state="DECLARED").exists()
