"""Contents: written and read again they are the same; what is missing is refused."""

from datetime import date
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.declarations import rules
from hengneng.registry.declarations.rules import (
    CONTENTS,
    FacilityRun,
    HeatValue,
    Incomplete,
    Kind,
    LegalPerson,
    NewPoint,
    NothingNew,
    Particulars,
    PointChange,
    SitePlace,
    Standing,
)

MARCH, APRIL = date(2026, 3, 1), date(2026, 4, 1)
days = st.dates(date(2000, 1, 1), date(2100, 1, 1))
texts = st.text(max_size=20)
told = st.none() | texts
contents = st.one_of(
    st.builds(
        NewPoint, code=texts, name=texts, energy_type=texts, level=texts, kind=texts,
        valid_from=days, slot_seconds=st.integers(1, 3600),
        ratio=st.fractions(Fraction(1, 100), 10_000, max_denominator=100), parent=texts,
    ),
    st.builds(PointChange, point=texts, valid_from=days, name=told, level=told, parent=told),
    st.builds(
        HeatValue, energy_type=texts, first=days, until=st.none() | days, report=texts,
        laboratory=texts,
        heat_value_kj=st.decimals(0, 10**12, places=6),
    ),
    st.builds(Particulars, valid_from=days, sector=told, department=told),
    st.builds(LegalPerson, days),
    st.builds(FacilityRun, texts, days, st.booleans()),
    st.builds(SitePlace, texts, texts, texts, texts, days),
    st.builds(Standing, state=texts, valid_from=days, until=st.none() | days, reason=texts),
)  # fmt: skip
NEW = NewPoint("E-09", "九号", "ELECTRICITY", "LEVEL_2", "REGISTER", MARCH)


@given(contents)
def test_what_is_written_is_read_again(content):
    assert rules.read(rules.kind_of(content), rules.plain(content)) == content


@given(contents)
def test_it_is_written_in_one_way_only(content):
    again = rules.read(rules.kind_of(content), rules.plain(content))
    assert rules.plain(again) == rules.plain(content)


def test_every_kind_has_its_content():
    assert set(CONTENTS) == set(Kind)
    assert len(set(CONTENTS.values())) == len(CONTENTS)


@pytest.mark.parametrize(
    "content",
    [
        NEW._replace(code=" "),
        NEW._replace(name=""),
        NEW._replace(energy_type=""),
        NEW._replace(name="名" * 201),
        PointChange("E-01", MARCH, name=" "),
        SitePlace("", "厂区", "", "310101", MARCH),
        SitePlace("S2", "厂区", "", "", MARCH),
        Standing("CLOSED", MARCH, until=MARCH),
        HeatValue("RAW_COAL", Decimal(1), APRIL, MARCH, "R", "L"),
    ],
)
def test_what_lacks_something_is_refused(content):
    with pytest.raises(Incomplete):
        rules.check(content)


@pytest.mark.parametrize(
    "content",
    [
        NEW,
        NEW._replace(name="名" * 200),
        PointChange("E-01", MARCH, parent=""),
        Standing("CLOSED", MARCH, until=date(2026, 3, 2)),
        LegalPerson(MARCH),
    ],
)
def test_what_lacks_nothing_passes(content):
    rules.check(content)


@pytest.mark.parametrize(
    ("content", "is_needed"),
    [
        (Standing("SUSPENDED", MARCH), True),
        (Standing("CLOSED", MARCH), True),
        (Standing("IN_BUSINESS", MARCH), False),
        (HeatValue("RAW_COAL", Decimal(1), MARCH, None, "R", "L"), True),
        (NEW, False),
    ],
)
def test_standstills_and_heat_values_are_shown_by_a_document(content, is_needed):
    assert rules.needs_proof(content) is is_needed


class TestAgainstTheRecord:
    def test_only_what_differs_is_kept(self):
        content = PointChange("E-02", MARCH, name="二车间", level="LEVEL_2")
        known = {"name": "E-02", "level": "LEVEL_2"}
        assert rules.without_known(content, known) == PointChange("E-02", MARCH, name="二车间")

    @pytest.mark.parametrize(
        ("content", "known"),
        [
            (PointChange("E-02", MARCH, name="E-02"), {"name": "E-02"}),
            (Particulars(MARCH, department=""), {"department": ""}),
            (FacilityRun("PORT", MARCH, is_run=False), {"is_run": False}),
            (
                SitePlace("S1", "总部", "", "310101", MARCH),
                {"name": "总部", "address": "", "district": "310101"},
            ),
        ],
    )
    def test_what_is_known_already_is_refused(self, content, known):
        with pytest.raises(NothingNew):
            rules.without_known(content, known)

    def test_a_site_keeps_what_stays(self):
        content = SitePlace("S1", "总部", "1 号", "310101", MARCH)
        known = {"name": "总部", "address": "", "district": "310101"}
        assert rules.without_known(content, known) == content

    def test_a_preview_says_before_after_and_now(self):
        content = PointChange("E-02", MARCH, name="二车间")
        (row,) = rules.rows_of(content, seen={"name": "E-02"}, now={"name": "三车间"})
        assert row == rules.Row("name", "E-02", "二车间", "三车间")
        assert row.is_overtaken

    def test_nothing_is_overtaken_that_stayed(self):
        assert rules.overtaken({"name": "a"}, {"name": "a"}) == ()
        assert rules.overtaken({}, {"name": "a"}) == ("name",)
        assert rules.overtaken({"name": "a", "level": "b"}, {}) == ("level", "name")
