from hypothesis import given
from hypothesis import strategies as st

from hengneng.registry.equipment.rules.consumers import Standing
from hengneng.registry.equipping.rules import needs
from hengneng.registry.equipping.rules.needs import Meter, User
from hengneng.registry.equipping.rules.rates import Count
from hengneng.registry.equipping.rules.verdicts import Lacking

POWER = "ELECTRICITY"


def user(number, standing=Standing.MAIN, *, kind="EQUIPMENT", together=None, energy=POWER):
    standings = {} if standing is None else {energy: standing}
    return User(number, f"C-{number}", f"机组{number}", kind, together, standings)


def meter(number, feeds=None, *, instrument=1, stopped=False, level="LEVEL_3", energy=POWER):
    in_use = instrument is not None and not stopped
    return Meter(number, f"E-{number}", energy, level, feeds, instrument, in_use)


def equipment(users, meters):
    return needs.of_consumers(POWER, "LEVEL_3", users, meters)


class TestAtBoundary:
    def test_every_point_of_the_type_needs_an_instrument(self):
        found = needs.at_boundary(
            POWER,
            [
                meter(1, level="LEVEL_1"),
                meter(2, level="LEVEL_1", instrument=None),
                meter(3, level="LEVEL_1", stopped=True),
                meter(4, level="LEVEL_1", energy="WATER"),
                meter(5),
            ],
        )
        assert found.tally == Count(3, 1)
        assert [m.point_id for m in found.meters] == [1]
        assert [(lack.point_id, lack.lacking) for lack in found.missing] == [
            (2, Lacking.INSTRUMENT),
            (3, Lacking.INSTRUMENT_IN_USE),
        ]


class TestOfConsumers:
    def test_only_main_ones_of_the_kind_need_one(self):
        users = [
            user(1),
            user(2, Standing.NOT_MAIN),
            user(3, None),
            user(4, kind="SUB_UNIT"),
            user(5, energy="WATER"),
        ]
        found = equipment(users, [meter(1, 1), meter(2, 2)])
        assert (found.tally, [m.point_id for m in found.meters]) == (Count(1, 1), [1])

    def test_what_is_missing_says_what_it_lacks(self):
        found = equipment(
            [user(1), user(2), user(3)], [meter(2, 2, instrument=None), meter(3, 3, stopped=True)]
        )
        assert found.tally == Count(3, 0)
        assert [(lack.consumer_id, lack.code, lack.lacking) for lack in found.missing] == [
            (1, "C-1", Lacking.POINT),
            (2, "C-2", Lacking.INSTRUMENT),
            (3, "C-3", Lacking.INSTRUMENT_IN_USE),
        ]

    def test_a_meter_of_another_type_meters_nothing_of_this(self):
        assert equipment([user(1)], [meter(1, 1, energy="WATER")]).tally == Count(1, 0)

    def test_undecided_ones_are_counted_apart(self):
        users = [user(1, Standing.UNDECIDED), user(2, Standing.UNDECIDED), user(3)]
        found = equipment(users, [meter(1, 1)])
        assert found.tally == Count(1, 0, 1, 1)
        assert [one.id for one in found.undecided] == [1, 2]
        assert [lack.consumer_id for lack in found.missing] == [3]


class TestMeteredTogether:
    def test_several_need_one_meter(self):
        users = [user(1), user(2, together=1), user(3, together=2)]
        assert equipment(users, [meter(1, 1)]).tally == Count(1, 1)
        assert equipment(users, []).tally == Count(1, 0)

    def test_a_meter_at_a_part_does_not_stand_for_the_whole(self):
        users = [user(1), user(2, together=1)]
        found = equipment(users, [meter(2, 2)])
        assert found.tally == Count(1, 0)
        assert [lack.consumer_id for lack in found.missing] == [1]

    def test_a_meter_at_each_does(self):
        users = [user(1), user(2, together=1)]
        found = equipment(users, [meter(1, 1, instrument=None), meter(2, 2), meter(3, 1)])
        assert found.tally == Count(1, 1)
        first_small = [user(1, Standing.NOT_MAIN), *users[1:]]
        assert equipment(first_small, [meter(2, 2)]).tally == Count(1, 1)

    def test_one_main_one_makes_the_group_need_it(self):
        users = [user(1, Standing.UNDECIDED), user(2, together=1)]
        found = equipment(users, [])
        assert (found.tally, found.undecided) == (Count(1, 0), ())

    def test_equipment_in_a_metered_cell_is_excused(self):
        room = user(9, Standing.NOT_MAIN, kind="SUB_UNIT")
        users = [room, user(1, together=9), user(2, together=1), user(3)]
        found = equipment(users, [meter(9, 9, level="LEVEL_2"), meter(3, 3)])
        assert found.tally == Count(1, 1)
        assert [one.id for one in found.excused] == [1, 2]

    def test_in_a_cell_without_a_meter_each_needs_its_own(self):
        room = user(9, Standing.NOT_MAIN, kind="SUB_UNIT")
        users = [room, user(1, together=9), user(2, together=9)]
        found = equipment(users, [meter(1, 1), meter(9, 9, instrument=None)])
        assert (found.tally, found.excused) == (Count(2, 1), ())
        assert [lack.consumer_id for lack in found.missing] == [2]

    def test_what_is_gone_stands_for_nothing(self):
        assert equipment([user(2, together=1)], [meter(1, 1)]).tally == Count(1, 0)


@given(
    st.lists(
        st.tuples(st.sampled_from(list(Standing)), st.one_of(st.none(), st.integers(0, 7))),
        max_size=8,
    ),
    st.lists(st.integers(0, 7), max_size=8),
    st.integers(0, 7),
)
def test_one_more_meter_never_makes_more_lack_one(told, fed, extra):
    # Each may be metered with one before it, so that there is no ring.
    users = [
        user(number, standing, together=other if other is not None and other < number else None)
        for number, (standing, other) in enumerate(told)
    ]
    before = equipment(users, [meter(number, number) for number in fed])
    after = equipment(users, [meter(number, number) for number in (*fed, extra)])
    assert after.tally.need == before.tally.need
    assert len(after.missing) <= len(before.missing)
    assert before.tally.have <= after.tally.have <= after.tally.need
