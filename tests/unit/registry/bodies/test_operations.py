"""The city is data: loaded once, never changed underfoot."""

from datetime import UTC, datetime

import pytest

from hengneng.registry.bodies import operations, queries
from hengneng.registry.bodies.models import BodyKind

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
ONE_DISTRICT = """
[[district]]
code = "330102"
name_zh = "上城区"
name_en = "{name_en}"
citation = "a test"
verified = false
[[body]]
code = "REGULATOR-330102"
kind = "DISTRICT_REGULATOR"
name_zh = "上城区市场监督管理局"
name_en = "Shangcheng District Administration for Market Regulation"
district = "330102"
"""


@pytest.fixture
def shipped_city(db):
    return operations.load_city(by=None, at=AT)


class TestLoadCity:
    def test_loads_sixteen_districts_and_the_airport_branch(self, shipped_city):
        assert shipped_city == (17, 22)
        assert [row.code for row in queries.districts()] == [
            "310101", "310104", "310105", "310106", "310107", "310109", "310110", "310112",
            "310113", "310114", "310115", "310116", "310117", "310118", "310120", "310151",
            "SH-AIRPORT",
        ]  # fmt: skip

    def test_every_district_has_its_regulator(self, shipped_city):
        regulators = [b for b in queries.bodies() if b.kind == BodyKind.DISTRICT_REGULATOR]

        assert {b.district_id for b in regulators} == {d.code for d in queries.districts()}
        assert len(regulators) == 17

    def test_a_second_time_changes_nothing(self, shipped_city):
        assert operations.load_city(by=None, at=AT) == (0, 0)

    def test_another_city_is_another_text(self, db):
        loaded = operations.load_city(
            by=None, at=AT, text=ONE_DISTRICT.format(name_en="Shangcheng")
        )

        assert loaded == (1, 1)
        assert queries.body_by_code("REGULATOR-330102").district_id == "330102"

    def test_refuses_another_name_under_the_same_code(self, db):
        operations.load_city(by=None, at=AT, text=ONE_DISTRICT.format(name_en="Shangcheng"))

        with pytest.raises(operations.CityChanged, match="330102 differs in name_en"):
            operations.load_city(by=None, at=AT, text=ONE_DISTRICT.format(name_en="Upper Town"))

        assert queries.districts()[0].name_en == "Shangcheng"

    @pytest.mark.parametrize("text", ["[[district]", '[[district]]\ncode = "1"\n'])
    def test_refuses_a_text_without_the_form(self, db, text):
        with pytest.raises(operations.UnreadableCity):
            operations.load_city(by=None, at=AT, text=text)


class TestBodyByCode:
    def test_finds_the_institute(self, shipped_city):
        assert queries.body_by_code("INSTITUTE").kind == BodyKind.METROLOGY_INSTITUTE

    def test_refuses_a_code_the_city_does_not_have(self, shipped_city):
        with pytest.raises(queries.UnknownBody):
            queries.body_by_code("REGULATOR-310102")
