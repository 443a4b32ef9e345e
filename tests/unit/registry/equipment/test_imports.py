"""Rows of consumers: decided as a set, written at once; a row speaks until the next change."""

from datetime import UTC, datetime
from decimal import Decimal

import pytest
from django.db import transaction

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.imports import operations
from hengneng.kernel.imports.rules import Cells, Change, Row
from hengneng.registry.equipment import imports, queries
from hengneng.registry.equipment.models import Consumer, Particulars
from hengneng.registry.units.models import Site

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
BEGINNING = datetime(1999, 12, 31, 16, tzinfo=UTC)  # 2000-01-01 in Shanghai
APRIL = datetime(2026, 3, 31, 16, tzinfo=UTC)
PLANT = {"code": "B1", "name": "制冷站", "kind": "主要次级用能单位"}
CHILLER = {"code": "CH-01", "name": "冷水机组", "kind": "EQUIPMENT", "model": "19XR"}
POWER = {"energy_type": "电力", "amount": "1,400", "measure": "千瓦"}


@pytest.fixture
def row_of(unit):
    """A row of a unit's list from its cells."""
    columns = imports.EquipmentImporter.columns
    places = {column.name: place for place, column in enumerate(columns)}

    def row(number, **cells):
        told = {"unit_code": unit.code.lower()} | cells
        texts = [told.get(column.name, "") for column in columns]
        return Row(number, Cells(columns, places).values(texts))

    return row


def run(*rows, commit=True):
    importer = imports.EquipmentImporter()
    with transaction.atomic(), facts.edit():
        decisions = importer.decide(rows, at=AT)
        if commit:
            importer.carry_out(by=7, at=AT)
    return decisions


def known(unit, at=AT):
    return {row.code: row for row in queries.consumers_of(unit.id, at=at)}


class TestTaken:
    def test_consumers_hang_on_those_of_rows_above(self, unit, row_of, energy_types):
        site = Site.objects.create(unit=unit, code="1", name="本部")
        decisions = run(
            row_of(2, **PLANT),
            row_of(
                3,
                **CHILLER,
                **POWER,
                place="地下二层",
                site_code="1",
                parent_code="B1",
                metered_with="B1",
            ),
        )

        assert [d.change for d in decisions] == ["NEW", "NEW"]
        assert decisions[1].differences["parent_code"] == ("", "B1")
        assert decisions[1].differences["amount"] == ("", "1400 kW")
        plant, chiller = known(unit)["B1"], known(unit)["CH-01"]
        assert (plant.kind, plant.valid_from) == ("SUB_UNIT", BEGINNING)
        assert (chiller.parent_id, chiller.metered_with_id) == (plant.id, plant.id)
        assert (chiller.model, chiller.place, chiller.site_id) == ("19XR", "地下二层", site.id)
        assert chiller.demands == (("ELECTRICITY", "kW", Decimal(1400)),)
        assert Entry.objects.get().details == {"new": 2}

    def test_a_row_for_each_energy_type(self, unit, row_of, energy_types):
        gas = {"energy_type": "NATURAL_GAS", "amount": "120", "measure": "m³/h"}
        decisions = run(row_of(2, **CHILLER, **POWER), row_of(3, **CHILLER, **gas))

        assert [d.change for d in decisions] == ["NEW", "CHANGED"]
        assert dict(decisions[1].differences) == {"amount": ("", "120 m3/h")}
        assert [d.measure for d in known(unit)["CH-01"].demands] == ["kW", "m3/h"]

    def test_the_same_list_again_changes_nothing(self, unit, row_of, energy_types):
        rows = row_of(2, **PLANT), row_of(3, **CHILLER, **POWER, parent_code="B1")
        run(*rows)

        assert [d.change for d in run(*rows)] == ["UNCHANGED", "UNCHANGED"]
        assert Particulars.objects.count() == 2

    def test_blank_cells_leave_what_is_known(self, unit, row_of, energy_types):
        run(row_of(2, **PLANT), row_of(3, **CHILLER, **POWER, parent_code="B1"))
        (decision,) = run(row_of(2, **CHILLER | {"model": "", "name": "一号机"}))

        assert decision.change is Change.CHANGED
        assert dict(decision.differences) == {"name": ("冷水机组", "一号机")}
        row = known(unit)["CH-01"]
        assert (row.name, row.model, row.parent_id) == ("一号机", "19XR", known(unit)["B1"].id)
        assert len(row.demands) == 1

    def test_a_history_of_two_rows(self, unit, row_of, energy_types):
        later = POWER | {"amount": "700", "valid_from": "2026-04-01"}
        rows = row_of(2, **CHILLER, **POWER), row_of(3, **CHILLER | later)
        decisions = run(*rows)

        assert [d.change for d in decisions] == ["NEW", "CHANGED"]
        assert dict(decisions[1].differences) == {"amount": ("1400 kW", "700 kW")}
        assert [d.change for d in run(*rows)] == ["UNCHANGED", "UNCHANGED"]
        assert [known(unit, at)["CH-01"].demands[0].amount for at in (BEGINNING, APRIL)] == [
            1400,
            700,
        ]

    def test_an_earlier_row_reaches_to_what_is_known(self, unit, row_of, energy_types):
        run(row_of(2, **CHILLER, valid_from="2026-04-01"))
        (decision,) = run(row_of(2, **CHILLER | {"model": ""}))

        assert decision.change is Change.CHANGED
        assert known(unit, BEGINNING)["CH-01"].model == "19XR"
        assert known(unit)["CH-01"].valid_from == APRIL

    def test_a_preview_writes_nothing(self, row_of, energy_types):
        assert run(row_of(2, **CHILLER), commit=False)[0].change is Change.NEW
        assert not Consumer.objects.exists()

    def test_what_was_believed_is_kept(self, unit, row_of, energy_types):
        run(row_of(2, **CHILLER))
        before = Particulars.objects.get().recorded_at
        run(row_of(2, **CHILLER | {"name": "一号机"}))

        (row,) = queries.consumers_of(unit.id, at=AT, as_of=before)
        assert row.name == "冷水机组"


class TestRefused:
    @pytest.mark.parametrize(
        ("cells", "reason"),
        [
            ({"unit_code": "X"}, "no unit X"),
            ({"site_code": "9"}, "the unit has no site 9"),
            ({"parent_code": "B9"}, "parent_code: the unit has no B9, known or in a row above"),
            ({"metered_with": "CH-01"}, "metered_with: CH-01 is the row's own"),
            ({"energy_type": "电力"}, "energy_type, amount and measure go together"),
            ({"amount": "3"}, "energy_type, amount and measure go together"),
            ({**POWER, "energy_type": "火"}, "no energy type 火"),
            ({**POWER, "amount": "-1"}, "amount: -1 is no amount from 0 to 10^18"),
        ],
    )
    def test_with_the_reason(self, row_of, energy_types, cells, reason):
        (decision,) = run(row_of(7, **CHILLER | cells), commit=False)
        assert (decision.number, decision.change, decision.reason) == (7, "REFUSED", reason)

    def test_a_ring_wherever_it_closes(self, row_of, energy_types):
        decisions = run(
            row_of(2, **PLANT),
            row_of(3, **CHILLER, parent_code="B1"),
            row_of(4, **PLANT | {"kind": "EQUIPMENT"}, parent_code="CH-01"),
            commit=False,
        )
        assert {d.reason for d in decisions} == {
            "the consumers would belong to each other in a ring"
        }

    def test_another_units_consumer_is_none(self, unit, other_unit, row_of, energy_types):
        run(row_of(2, **PLANT, unit_code=other_unit.code))
        (decision,) = run(row_of(2, **CHILLER, parent_code="B1"), commit=False)
        assert decision.reason == "parent_code: the unit has no B1, known or in a row above"


def test_queries_do_not_grow_with_rows(unit, row_of, energy_types, django_assert_max_num_queries):
    rows = [row_of(n, **CHILLER | {"code": f"CH-{n}"}, **POWER) for n in range(2, 60)]
    importer = imports.EquipmentImporter()
    with transaction.atomic(), facts.edit():
        with django_assert_max_num_queries(6):
            importer.decide(rows, at=AT)
        with django_assert_max_num_queries(10):
            importer.carry_out(by=7, at=AT)
    assert len(known(unit)) == 58


CHINESE = """XX饭店主要用能设备一览表
统一社会信用代码,设备编号,设备名称,类别,规格型号,安装地点,能源种类,额定功率,单位
{unit},CH-01,冷水机组,主要用能设备,19XR,地下二层,电力,400,kW
{unit},CH-02,冷水机组,主要用能设备,19XR,地下二层,电力,400,马力
"""


def test_a_list_with_chinese_headings_all_or_nothing(unit, energy_types, settings, tmp_path):
    settings.DATA_DIR = tmp_path

    def commit(text):
        return operations.commit(
            importer=imports.EquipmentImporter(),
            name="equipment.csv",
            body=text.encode("gb18030"),
            by=7,
            at=AT,
        )

    body = CHINESE.format(unit=unit.code)
    (refusal,) = commit(body).refused
    assert refusal.number == 4
    assert refusal.reason.startswith("measure: 马力 is none of")
    assert not Consumer.objects.exists()

    assert commit(body.replace("马力", "千瓦")).committed
    assert [row.place for row in known(unit).values()] == ["地下二层", "地下二层"]
