from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from django.db import connections

from hengneng.kernel.audit.models import Entry
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.facts.models import FactChange
from hengneng.registry.energy.models import EnergyType
from hengneng.registry.equipment import operations, queries
from hengneng.registry.equipment.models import Consumer, Demand, Particulars, RuleSet
from hengneng.registry.equipment.rules import consumers as rules
from hengneng.registry.equipment.rules import editions
from hengneng.registry.units.models import Site

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
NEW_YEAR = datetime(2026, 1, 1, tzinfo=UTC)
MAY, JULY = (datetime(2026, month, 1, tzinfo=UTC) for month in (5, 7))


def known(unit, at=JULY, as_of=None):
    return {row.code: row for row in queries.consumers_of(unit.id, at=at, as_of=as_of)}


def describe(consumer, **changes):
    operations.describe_consumer(
        **{"consumer_id": consumer.pk, "valid_from": MAY, "by": 7, "at": AT} | changes
    )


def need(consumer, amount="800", **changes):
    operations.set_demand(
        **{
            "consumer_id": consumer.pk,
            "energy_type_id": "ELECTRICITY",
            "measure": "kW",
            "amount": None if amount is None else Decimal(amount),
            "valid_from": NEW_YEAR,
            "by": 7,
            "at": AT,
        }
        | changes
    )


class TestCreateConsumer:
    def test_enters_it_as_told(self, unit, make_consumer):
        site = Site.objects.create(unit=unit, code="1", name="本部")
        plant = make_consumer("B1", name="制冷站", kind="SUB_UNIT")
        chiller = make_consumer(
            model="19XR", place="地下二层", site_id=site.id, parent_id=plant.pk,
            metered_with_id=plant.pk,
        )  # fmt: skip
        need(chiller)

        row = known(unit)["CH-01"]
        assert (row.id, row.name, row.kind, row.model) == (
            chiller.pk,
            "冷水机组",
            "EQUIPMENT",
            "19XR",
        )
        assert (row.place, row.site_code, row.parent_id, row.metered_with_id) == (
            "地下二层",
            "1",
            plant.pk,
            plant.pk,
        )
        assert row.demands == (("ELECTRICITY", "kW", Decimal(800)),)
        assert (row.valid_from, row.valid_until) == (NEW_YEAR, None)

    def test_is_recorded(self, make_consumer, django_capture_on_commit_callbacks):
        consumer = make_consumer()
        entry = Entry.objects.get(action="consumer.created")
        assert entry.subject == f"consumer:{consumer.pk}"

    def test_leaves_no_day_stale(self, make_consumer):
        need(make_consumer())
        assert not FactChange.objects.exists()

    def test_a_code_is_taken_once(self, make_consumer):
        make_consumer()
        with pytest.raises(operations.ConsumerExists):
            make_consumer()

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"code": ""}, operations.NoCode),
            ({"name": ""}, rules.BadConsumer),
            ({"kind": "UNIT"}, rules.BadConsumer),
            ({"valid_until": NEW_YEAR}, facts.EmptySpan),
        ],
    )
    def test_refuses_what_cannot_be(self, make_consumer, changes, error):
        with pytest.raises(error):
            make_consumer(**changes)
        assert not Consumer.objects.exists()

    def test_refuses_what_is_another_units(self, make_consumer, other_unit):
        foreign = make_consumer(unit_id=other_unit.id)
        site = Site.objects.create(unit=other_unit, code="1", name="本部")
        for changes in (
            {"parent_id": foreign.pk},
            {"metered_with_id": foreign.pk},
            {"site_id": site.id},
        ):
            with pytest.raises(operations.ForeignConsumer):
                make_consumer(**changes)


class TestDescribeConsumer:
    def test_changes_what_is_named_from_then_on(self, unit, make_consumer):
        describe(make_consumer(model="19XR"), name="一号机", valid_until=JULY)

        assert [known(unit, at)["CH-01"].name for at in (NEW_YEAR, MAY, JULY)] == [
            "冷水机组",
            "一号机",
            "冷水机组",
        ]
        assert known(unit, MAY)["CH-01"].model == "19XR"

    def test_what_was_believed_is_still_told(self, unit, make_consumer):
        consumer = make_consumer()
        before = Particulars.objects.get().recorded_at
        describe(consumer, name="一号机")

        assert known(unit, as_of=before)["CH-01"].name == "冷水机组"
        assert known(unit)["CH-01"].name == "一号机"

    def test_reaches_back(self, unit, make_consumer):
        describe(make_consumer(valid_from=MAY), name="一号机", valid_from=NEW_YEAR)
        assert known(unit, NEW_YEAR)["CH-01"].name == "一号机"

    def test_another_field_is_refused(self, make_consumer):
        with pytest.raises(rules.BadConsumer, match="has no code"):
            describe(make_consumer(), code="CH-02")

    def test_a_ring_is_refused(self, unit, make_consumer):
        one, other = make_consumer("A"), make_consumer("B")
        describe(other, parent_id=one.pk)
        with pytest.raises(rules.BadTree):
            describe(one, parent_id=other.pk)
        assert known(unit)["A"].parent_id is None

    def test_a_ring_of_different_times_is_none(self, unit, make_consumer):
        one, other = make_consumer("A"), make_consumer("B")
        describe(other, parent_id=one.pk, valid_until=JULY)
        describe(one, parent_id=other.pk, valid_from=JULY)
        assert known(unit)["A"].parent_id == other.pk

    def test_equipment_with_a_sub_unit_stays_no_sub_units_parent(self, make_consumer):
        one, other = make_consumer("A", kind="SUB_UNIT"), make_consumer("B", kind="SUB_UNIT")
        describe(other, parent_id=one.pk)
        with pytest.raises(rules.BadTree, match="cannot belong to equipment"):
            describe(one, kind="EQUIPMENT")


class TestRetireConsumer:
    def test_it_is_gone_from_then_on(self, unit, make_consumer):
        consumer = make_consumer()
        need(consumer)
        operations.retire_consumer(consumer_id=consumer.pk, valid_from=MAY, by=7, at=AT)

        assert known(unit, MAY) == {}
        earlier = known(unit, MAY - timedelta(microseconds=1))["CH-01"]
        assert (earlier.valid_until, len(earlier.demands)) == (MAY, 1)


class TestSetDemand:
    def test_one_measure_leaves_the_others(self, unit, make_consumer):
        consumer = make_consumer()
        need(consumer)
        need(consumer, "900000", measure="kWh/a")
        need(consumer, "900", valid_from=MAY)

        assert [d.amount for d in known(unit, NEW_YEAR)["CH-01"].demands] == [800, 900_000]
        assert [d.amount for d in known(unit)["CH-01"].demands] == [900, 900_000]

    def test_an_indicator_is_needed_by_nothing(self, make_consumer):
        EnergyType.objects.filter(code="RAW_COAL").update(kind="INDICATOR")
        with pytest.raises(operations.UnknownEnergyType):
            need(make_consumer(), energy_type_id="RAW_COAL")

    def test_it_may_become_unknown(self, unit, make_consumer):
        consumer = make_consumer()
        need(consumer)
        need(consumer, None, valid_from=MAY)
        assert known(unit)["CH-01"].demands == ()

    @pytest.mark.parametrize(
        ("changes", "error"),
        [
            ({"amount": "-1"}, rules.BadDemand),
            ({"measure": "PS"}, rules.BadDemand),
            ({"amount": None, "measure": "PS"}, rules.BadDemand),
            ({"energy_type_id": "FIRE"}, operations.UnknownEnergyType),
        ],
    )
    def test_refuses_what_cannot_be(self, make_consumer, changes, error):
        with pytest.raises(error):
            need(make_consumer(), **changes)
        assert not Demand.objects.exists()


class TestLoadRuleSet:
    TEXT = """
edition = "GB 17167-2025"
valid_from = 2026-02-01
citation = "the printed standard"
verified = true
[[threshold]]
energy_types = ["ELECTRICITY"]
kind = "EQUIPMENT"
amount = "{limit}"
measure = "kW"
clause = "table 2"
citation = "the printed standard"
verified = true
"""

    def load(self, limit):
        operations.load_rule_set(text=self.TEXT.format(limit=limit), by=7, at=AT)

    def main_at(self, unit, **asked):
        (found,) = queries.main_consumers(unit.id, at=JULY, **asked)
        return found.standings["ELECTRICITY"]

    def test_the_shipped_edition_of_the_day_is_empty(self, unit, make_consumer):
        need(make_consumer(), "60")
        assert self.main_at(unit) == "UNDECIDED"
        assert self.main_at(unit, edition="GB 17167-2006") == "NOT_MAIN"

    def test_what_is_loaded_later_counts(self, unit, make_consumer):
        need(make_consumer(), "60")
        self.load("50")
        before = facts.settle()
        self.load("70")

        assert self.main_at(unit) == "NOT_MAIN"
        assert self.main_at(unit, as_of=before) == "MAIN"
        assert Entry.objects.filter(action="rule_set.loaded").count() == 2

    def test_what_ships_is_recorded_once_and_gives_way_to_what_a_person_loaded(
        self, unit, make_consumer
    ):
        need(make_consumer(), "60")
        self.load("50")
        assert operations.load_shipped(by=None, at=AT) == 2
        assert operations.load_shipped(by=None, at=AT) == 0

        assert self.main_at(unit) == "MAIN"
        entry = Entry.objects.get(action="rule_sets.shipped")
        assert sorted(entry.details["editions"]) == ["GB 17167-2006", "GB 17167-2025"]

    def test_a_later_release_changes_nothing_reported_before(self, unit, make_consumer):
        need(make_consumer(), "60")
        operations.load_shipped(by=None, at=AT)
        before = facts.settle()
        with facts.edit() as recorded_at:
            RuleSet.objects.create(
                edition="GB 17167-2025",
                text=self.TEXT.format(limit="50"),
                is_shipped=True,
                recorded_at=recorded_at,
            )
        assert self.main_at(unit) == "MAIN"
        assert self.main_at(unit, as_of=before) == "UNDECIDED"

    def test_another_form_changes_nothing(self, db):
        with pytest.raises(editions.UnreadableRuleSet):
            operations.load_rule_set(text="edition = 3", by=7, at=AT)
        assert queries.rule_sets() == list(editions.shipped())

    def test_before_2007_there_was_none(self, db):
        with pytest.raises(queries.UnknownEdition, match="in force on 2006-12-31"):
            queries.rule_set_on(date(2006, 12, 31))
        with pytest.raises(queries.UnknownEdition, match="no edition GB 1"):
            queries.rule_set_on(date(2026, 7, 1), edition="GB 1")


@pytest.mark.django_db(transaction=True)
class TestAtOnce:
    """Two people edit the same consumers at the same time."""

    def both(self, *acts):
        def closing(act):
            try:
                act()
            except (rules.BadTree, operations.ConsumerExists) as error:
                return type(error)
            finally:
                connections.close_all()
            return None

        with ThreadPoolExecutor(2) as pool:
            return sorted(map(str, pool.map(closing, acts)))

    def test_they_cannot_make_a_ring(self, unit, make_consumer):
        one, other = make_consumer("A"), make_consumer("B")
        answers = self.both(
            lambda: describe(one, parent_id=other.pk), lambda: describe(other, parent_id=one.pk)
        )
        assert answers == [str(rules.BadTree), "None"]
        assert sorted((row.parent_id is None) for row in known(unit).values()) == [False, True]

    def test_they_cannot_enter_one_twice(self, unit, make_consumer):
        answers = self.both(make_consumer, make_consumer)
        assert answers == [str(operations.ConsumerExists), "None"]
        assert set(known(unit)) == {"CH-01"}

    def test_one_demand_stands_at_a_time(self, unit, make_consumer):
        consumer = make_consumer()
        self.both(lambda: need(consumer, "500"), lambda: need(consumer, "600"))
        (demand,) = known(unit)["CH-01"].demands
        assert demand.amount in (500, 600)
        assert Demand.objects.filter(superseded_at__isnull=True).count() == 1
