"""An English reader reads units' English names wherever a list of the desk names a unit."""

import pytest
from django.utils import translation
from tests import ledger_samples

from hengneng.registry.units.models import Unit
from hengneng.web.desk import naming
from hengneng.web.desk.acts import Done

CHINESE, ENGLISH = "甲饭店", "Hotel One"


@pytest.fixture
def hotel(city):
    Unit.objects.filter(id=city.own.unit.id).update(name_en=ENGLISH)
    ledger_samples.instrument_of(city.own)
    ledger_samples.change_of(city.own)
    ledger_samples.declaration_of(city.own)
    return city.own


@pytest.mark.parametrize("page", ["", "instruments", "changes", "declarations"])
def test_lists_are_in_the_reader_s_language(hotel, official, page):
    shown = official.get(f"/desk/{page}").text
    assert ENGLISH in shown
    assert CHINESE not in shown
    shown = official.get(f"/desk/{page}", headers={"accept-language": "zh-hans"}).text
    assert CHINESE in shown
    assert ENGLISH not in shown


def test_what_is_decided_names_the_unit_so_too(hotel, official):
    where = f"/desk/terminals/{hotel.terminal.id}/refuse"
    assert ENGLISH in official.get(where).text
    assert ENGLISH in official.get(f"/desk/proposals/{hotel.proposal.id}").text
    answer = official.post(where, {"reason": "not ours"}, follow=True)
    assert f"The request for {ENGLISH} is refused." in answer.text
    assert ENGLISH in official.get("/desk/done").text


def test_a_chinese_reader_costs_no_query(db, django_assert_num_queries):
    rows = [Done(1, None, "", "91310000MA1FL00016", CHINESE, "")]
    with translation.override("zh-hans"), django_assert_num_queries(0):
        assert naming.named(rows) == rows


def test_what_has_no_unit_or_no_english_name_stays(hotel):
    Unit.objects.filter(code="91310000MA1FL00024").update(name_en="")
    rows = [Done(1, None, "", "", "", "x"), Done(2, None, "", "91310000MA1FL00024", "乙商场", "")]
    with translation.override("en"):
        assert naming.named(rows) == rows
