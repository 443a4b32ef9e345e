"""A list of points comes to what the operations come to, row by row, in whatever order."""

from datetime import UTC, datetime
from fractions import Fraction

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from hengneng.kernel.facts import operations as facts
from hengneng.kernel.imports.rules import Change, Row
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.points import imports, operations, queries, rules
from hengneng.registry.units.models import Unit

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
MONTHS = [datetime(2026, month, 1, tzinfo=UTC) for month in range(1, 7)]
REFUSED = (operations.ForeignPlace, operations.KeyTaken, rules.CodeDoesNotFit)
COLUMNS = {column.name: None for column in imports.COLUMNS}


class Told:
    """A row as both ways take it."""

    def __init__(self, code, month, ratio, meter):
        self.code, self.start, self.ratio = code, MONTHS[month], Fraction(ratio)
        self.meter = meter

    def row(self, number, unit):
        said = {
            "unit_code": unit.code, "code": self.code, "name": "点", "energy_type": "电力",
            "level": "LEVEL_2", "kind": "REGISTER", "ratio": self.ratio, "meter": self.meter,
            "valid_from": self.start,
        }  # fmt: skip
        return Row(number, COLUMNS | said)

    def do(self, unit):
        """Do by operations what the row says; answer whether they refuse."""
        key = f"R:{self.meter}:total" if self.meter else None
        said = {"name": "点", "ratio": self.ratio}
        try:
            with transaction.atomic(), facts.edit():
                self._do(unit, key, said)
        except REFUSED:
            return True
        return False

    def _do(self, unit, key, said):
        point = queries.point_by_code(unit.id, self.code)
        if point is None:
            operations.create_point(
                unit_id=unit.id, code=self.code, energy_type_id="ELECTRICITY", level="LEVEL_2",
                kind="REGISTER", key=key, valid_from=self.start, by=7, at=AT, **said,
            )  # fmt: skip
            return
        _, until = queries.described_from(point, self.start)
        operations.describe_point(
            point_id=point, valid_from=self.start, valid_until=until, by=7, at=AT, **said
        )
        _, until = queries.fed_from(point, self.start)
        if key is not None:
            operations.feed_point(
                point_id=point, key=key, valid_from=self.start, valid_until=until, by=7, at=AT
            )


ROWS = st.lists(
    st.builds(
        Told,
        st.sampled_from(["E-1", "E-2"]),
        st.integers(0, 5),
        st.integers(1, 3),
        st.sampled_from([None, "M-1", "M-2", "M-3"]),
    ),
    min_size=1,
    max_size=6,
)


class TestAnyList(TestCase):
    def believed(self, unit):
        return {timeline.code: timeline.spans for timeline in queries.timelines(unit.id)}

    @settings(max_examples=40, deadline=None, suppress_health_check=list(HealthCheck))
    @given(ROWS)
    def test_comes_to_the_same(self, told):
        EnergyType.objects.create(
            code="ELECTRICITY", name_zh="电力", name_en="Electricity", uom="kWh", class_code="02",
            variety_code="3300", citation="a test", verified=False,
        )  # fmt: skip
        listed, plain = (
            Unit.objects.create(code=code, name="甲", created_at=AT)
            for code in ("91310000MA1FL00016", "91310000MA1FL00024")
        )
        refused = [one.do(plain) for one in told]
        taken = [one for one, is_refused in zip(told, refused, strict=True) if not is_refused]

        importer = imports.PointImporter()
        with facts.edit():
            decisions = importer.decide(
                [one.row(number, listed) for number, one in enumerate(told)], at=AT
            )
            assert [one.change is Change.REFUSED for one in decisions] == refused
            importer.decide([one.row(n, listed) for n, one in enumerate(taken)], at=AT)
            importer.carry_out(by=7, at=AT)

        assert self.believed(listed) == self.believed(plain)
