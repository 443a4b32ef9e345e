"""The tabs of a unit's ledger: card, network, sub-units and equipment, equipping."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from io import StringIO
from urllib.parse import urlencode
from xml.etree import ElementTree as ET

import pytest
from django.test import Client
from tests import two_districts
from tests.worlds import World

from hengneng.kernel import clock
from hengneng.kernel.files import operations as files
from hengneng.kernel.personal.rules.masks import Field
from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.energy.models import Factor
from hengneng.registry.equipment import operations as equipment
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.points import operations as points
from hengneng.registry.units import operations as units

# A day under GB 17167-2006, whose values are recollected; from 2026-02 the empty edition counts.
DAY, DAY_2025 = "2025-11-08", "2026-03-01"
SINCE = datetime(2020, 1, 1, tzinfo=UTC)
SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture
def world(city):
    """A unit with two boundary points, one point below, and a main chiller that none meters."""
    made = World.made()
    Factor.objects.update(valid_from="2020-01-01")
    points.create_point(
        unit_id=made.unit_id, code="E11", name="<照明>", energy_type_id="ELECTRICITY",
        level="LEVEL_2", kind="REGISTER", valid_from=SINCE, parent_id=made.points[0],
        by=None, at=SINCE,
    )  # fmt: skip
    chiller = equipment.create_consumer(
        unit_id=made.unit_id, code="CH-01", name="冷水机组", kind="EQUIPMENT", valid_from=SINCE,
        by=None, at=SINCE,
    )  # fmt: skip
    equipment.set_demand(
        consumer_id=chiller.id, energy_type_id="ELECTRICITY", measure="kW", amount=Decimal(1400),
        valid_from=SINCE, by=None, at=SINCE,
    )  # fmt: skip
    return made


@pytest.fixture
def metered(world):
    """The same, with an instrument of class 2.0 at the first boundary point."""
    meter = instruments.create_instrument(
        unit_id=world.unit_id, number="M-1", name="电能表", accuracy_class="2.0",
        kind="ELECTRICITY_METER", by=None, at=SINCE,
    )  # fmt: skip
    instruments.install(
        instrument_id=meter.id, point_id=world.points[0], valid_from=SINCE, by=None, at=SINCE
    )
    return world


def page(client: Client, world: World, tab: str, words: str = f"day={DAY}"):
    answer = client.get(f"/desk/units/{world.code}/{tab}?{words}")
    assert answer.status_code == 200
    return answer


def told(answer):
    return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))


class TestCard:
    @pytest.fixture
    def known(self, city):
        """The own unit, renamed, suspended with a proof, with a person and a stated year."""
        unit_id = city.own.unit.id
        proof = files.keep(
            name="停产证明.pdf", body=b"%PDF-1.4 proof", media_type="application/pdf", by=None,
            at=SINCE,
        )  # fmt: skip
        units.rename_unit(
            unit_id=unit_id, name="甲大饭店", on=date(2026, 2, 1), by=None, at=clock.now()
        )
        units.record_business(
            unit_id=unit_id, state="SUSPENDED", valid_from=datetime(2026, 2, 28, 16, tzinfo=UTC),
            proof_id=proof.id, reason="改造停业", by=None, at=clock.now(),
        )  # fmt: skip
        units.add_contact(
            unit_id=unit_id, role="METERING_LEAD", valid_from=SINCE, by=None, at=clock.now(),
            fields={Field.NAME: "王晓明", Field.PHONE: "13800001234"},
        )  # fmt: skip
        units.record_level(
            unit_id=unit_id, year=2025, tce=Decimal(9999), source="能源利用状况报告", by=None,
            at=clock.now(),
        )  # fmt: skip
        return city.own.unit.code, proof.id

    def test_tells_names_standing_and_consumption(self, official, known):
        answer = official.get(f"/desk/units/{known[0]}/card")
        card = answer.context["card"]

        assert [row.name for row in card.names] == ["甲大饭店", "甲饭店"]
        assert "Suspended" in answer.text
        assert "改造停业" in answer.text
        assert [(row.year, row.tce) for row in card.levels] == [(2025, Decimal("9999.0000"))]
        assert "As stated" in answer.text
        assert "Renamed" in answer.text

    def test_shows_the_day_asked_for(self, official, known):
        answer = official.get(f"/desk/units/{known[0]}/card?day=2026-02-28")

        assert answer.context["card"].business is None
        assert answer.context["stood"].on == date(2026, 2, 28)

    def test_shows_persons_whole_to_who_works_with_them(self, official, known):
        assert "王晓明" in official.get(f"/desk/units/{known[0]}/card").text

    def test_masks_persons_for_an_administrator(self, city, known):
        client = Client(headers={"accept-language": "en"})
        client.force_login(two_districts.account(Role.ADMINISTRATOR, city.own))
        text = client.get(f"/desk/units/{known[0]}/card").text

        assert "王晓明" not in text
        assert "13800001234" not in text
        assert "Persons are masked for you" in text

    def test_hands_out_the_proof(self, official, known):
        code, proof_id = known
        answer = official.get(f"/desk/units/{code}/card/papers/{proof_id}")

        assert answer.content == b"%PDF-1.4 proof"
        assert answer["Content-Disposition"].startswith("attachment;")

    def test_hands_out_no_file_that_is_not_its_own(self, official, known, city):
        other = files.keep(
            name="x.pdf", body=b"%PDF-1.4", media_type="application/pdf", by=None, at=SINCE
        )

        assert official.get(f"/desk/units/{known[0]}/card/papers/{other.id}").status_code == 404
        foreign = city.foreign.unit.code
        assert official.get(f"/desk/units/{foreign}/card/papers/{known[1]}").status_code == 404

    @pytest.mark.parametrize(
        ("name", "row"),
        [
            ("names", ["甲大饭店", f"Unit {'91310000MA1FL00016'}", "2026-02-01", ""]),
            ("listings", ["2026", "Key energy-using unit", "Thousand tier"]),
            ("sites", ["S1", "门店", "", "310101"]),
        ],
    )
    def test_exports_each_list(self, official, known, name, row):
        answer = official.get(f"/desk/units/{known[0]}/card?format=csv&list={name}")

        assert told(answer)[1] == row

    def test_of_a_unit_of_which_nothing_is_known_teaches(self, official, city):
        text = official.get(f"/desk/units/{city.foreign.unit.code}/card").text

        assert "Nobody is named yet." in text
        assert "nothing else was ever recorded" in text


class TestNetwork:
    def test_draws_points_and_what_is_owed(self, official, world):
        answer = page(official, world, "network")

        root = ET.fromstring(str(answer.context["network"]))
        kinds = [one.get("class") for one in root.iter(f"{SVG}g")]
        assert kinds.count("drawing-node is-level-1") == 2
        assert kinds.count("drawing-node is-level-2") == 1
        assert kinds.count("drawing-node is-owed") == 1
        links = [one.get("href") for one in root.iter(f"{SVG}a")]
        assert f"/desk/units/{world.code}/curves?point={world.points[0]}" in links

    def test_never_takes_a_name_for_markup(self, official, world):
        assert "<照明>" not in page(official, world, "network").text

    def test_says_by_which_edition_and_that_it_was_not_compared(self, official, world):
        text = page(official, world, "network").text

        assert "By the thresholds of GB 17167-2006 as they are recollected" in text

    def test_says_where_the_edition_is_known_by_name_only(self, official, world):
        answer = page(official, world, "network", f"day={DAY_2025}")

        assert answer.context["owing"].is_empty
        assert "GB 17167-2025 is in force, and none of its values is loaded" in answer.text

    def test_tells_the_flow_in_a_table_too(self, official, world):
        rows = page(official, world, "network").context["measured"]

        assert [(row.point.code, row.tonnes, row.is_drawn) for row in rows] == [
            ("E1", None, True),
            ("E2", None, True),
            ("E11", None, True),
        ]

    def test_brings_no_style_of_its_own_onto_the_page(self, official, world):
        assert "<style" not in page(official, world, "network").text

    @pytest.mark.parametrize("name", ["network", "energy-flow"])
    def test_has_each_drawing_as_a_file(self, official, world, name):
        answer = page(official, world, "network", f"day={DAY}&format=svg&list={name}")

        assert answer["Content-Type"] == "image/svg+xml"
        assert answer["Content-Disposition"] == f'attachment; filename="{name}-{world.code}.svg"'
        assert ET.fromstring(answer.text).find(f"{SVG}style") is not None

    def test_exports_what_is_owed(self, official, world):
        rows = told(page(official, world, "network", f"day={DAY}&format=csv&list=owed"))

        assert rows[1:] == [
            ["Electricity", "Level 3", "CH-01 冷水机组", "a main consumer has no point", "no"]
        ]

    @pytest.mark.parametrize(
        "words", ["format=svg&list=none", "format=svg", "format=pdf&list=owed"]
    )
    def test_knows_no_other_file(self, official, world, words):
        assert official.get(f"/desk/units/{world.code}/network?{words}").status_code == 404

    def test_of_a_unit_without_points_teaches(self, official, city):
        answer = official.get(f"/desk/units/{city.foreign.unit.code}/network?day=2024-01-01")

        assert (answer.context["network"], answer.context["flow"]) == (None, None)
        assert "There is no flow to draw." in answer.text


class TestEquipment:
    def test_tells_what_is_a_main_one_and_what_meters_it(self, official, world):
        answer = page(official, world, "equipment")
        (branch,) = answer.context["tree"]

        assert [(use.energy_type_id, use.main, use.points) for use in branch.uses] == [
            ("ELECTRICITY", "MAIN", [])
        ]
        assert "1,400 kW" in answer.text.replace("\u2009", " ")
        assert "1 without a point of its own" in answer.text

    def test_decides_nothing_by_an_empty_edition(self, official, world):
        answer = page(official, world, "equipment", f"day={DAY_2025}")

        assert answer.context["tree"][0].uses[0].main == "UNDECIDED"
        assert "none of its values is loaded" in answer.text

    def test_leaves_one_kind_alone(self, official, world):
        assert page(official, world, "equipment", "kind=SUB_UNIT").context["tree"] == []
        assert len(page(official, world, "equipment", "kind=EQUIPMENT").context["tree"]) == 1

    def test_is_exported(self, official, world):
        rows = told(page(official, world, "equipment", f"day={DAY}&format=csv"))

        assert rows[1] == [
            "CH-01", "冷水机组", "Equipment", "", "", "", "Electricity", "1400 kW", "main", ""
        ]  # fmt: skip

    def test_of_a_unit_without_any_teaches(self, official, city):
        text = official.get(f"/desk/units/{city.foreign.unit.code}/equipment").text

        assert "No sub-unit and no equipment is entered." in text


class TestEquipping:
    def rates(self, answer):
        return [
            (one.level, one.need, one.have, str(one.verdict))
            for one in answer.context["requirements"]
        ]

    def test_judges_each_level(self, official, metered):
        answer = page(official, metered, "equipping")

        assert self.rates(answer) == [
            ("LEVEL_1", 2, 1, "PROBLEM"),
            ("LEVEL_2", None, None, "NOT_CHECKED"),
            ("LEVEL_3", 1, 0, "PROBLEM"),
        ]
        assert "50\u2009%" in answer.text

    def test_opens_to_what_breaks_a_requirement(self, official, metered):
        answer = page(official, metered, "equipping")

        assert "CH-01 冷水机组" in answer.text
        assert "no metering point" in answer.text
        assert (
            f"/equipment#consumer-{answer.context['requirements'][2].missing[0].consumer_id}"
            in (answer.text)
        )

    def test_says_that_a_recollected_edition_was_not_checked(self, official, metered):
        text = page(official, metered, "equipping").text

        assert "Judged by GB 17167-2006 as it is recollected" in text

    def test_judges_nothing_by_an_empty_edition_and_says_exactly_that(self, official, metered):
        answer = page(official, metered, "equipping", f"day={DAY_2025}")

        assert self.rates(answer)[0] == ("LEVEL_1", 2, 1, "NOT_CHECKED")
        assert "GB 17167-2025 is in force since 2026-02-01" in answer.text
        assert "the edition&#x27;s values are not loaded" in answer.text

    def test_compares_with_an_edition_that_was_not_in_force(self, official, metered):
        words = f"day={DAY_2025}&rules=GB 17167-2006"
        answer = page(official, metered, "equipping", words)

        assert self.rates(answer)[0] == ("LEVEL_1", 2, 1, "PROBLEM")
        assert "this is a comparison" in answer.text

    def test_says_that_no_edition_was_in_force(self, official, metered):
        text = page(official, metered, "equipping", "day=2006-12-31").text

        assert "No edition of GB 17167 was in force on 2006-12-31" in text

    def test_holds_each_instrument_against_its_class(self, official, metered):
        ((check, limits),) = page(official, metered, "equipping").context["checks"]

        assert (check.point_code, check.held) == ("E1", "2.0")
        assert limits[0].startswith("0.5S")

    def test_leaves_the_checks_of_one_verdict(self, official, metered):
        assert (
            page(official, metered, "equipping", f"day={DAY}&verdict=FINE").context["checks"] == []
        )

    def test_is_exported(self, official, metered):
        rows = told(page(official, metered, "equipping", f"day={DAY}&format=csv"))

        assert rows[1][:7] == [
            "Electricity", "Level 1 (boundary)", "100\u2009%", "2", "1", "50\u2009%",
            "does not comply",
        ]  # fmt: skip
        accuracy = told(page(official, metered, "equipping", f"day={DAY}&format=csv&list=accuracy"))
        assert accuracy[1][2:4] == ["E1", "M-1"]

    def test_of_a_unit_of_which_nothing_is_entered_teaches(self, official, city):
        text = official.get(f"/desk/units/{city.foreign.unit.code}/equipping?day=2024-01-01").text

        assert "Nothing to be judged is entered." in text


class TestHistory:
    def test_tells_what_was_believed_of_consumers(self, official, world):
        rows = told(page(official, world, "facts", "format=csv"))

        said = {(row[0], row[1]): row[2] for row in rows[1:]}
        assert said["Sub-unit or equipment", "CH-01"] == "Name: 冷水机组; Kind: Equipment"
        assert said["Demand of a sub-unit or equipment", "CH-01 · Electricity, kW"] == (
            "Energy type: Electricity; Unit of measure: kW; Amount: 1400"
        )


class TestAsKnownThen:
    def test_leaves_out_what_was_entered_later(self, official, world):
        before = clock.now().isoformat()
        for consumer in ("P-01", "P-02"):
            equipment.create_consumer(
                unit_id=world.unit_id, code=consumer, name="水泵", kind="EQUIPMENT",
                valid_from=SINCE, by=None, at=clock.now(),
            )  # fmt: skip

        words = urlencode({"day": DAY, "as_of": before})
        assert page(official, world, "equipment").context["total"] == 3
        assert page(official, world, "equipment", words).context["total"] == 1
        assert "This page shows what was known at" in page(official, world, "card", words).text
