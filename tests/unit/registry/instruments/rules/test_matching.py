import pytest

from hengneng.registry.instruments.rules.matching import Candidate, NoMatch, matched

FIRST = Candidate(1, "M-1", "2024001", "电能表", "DTZ341")
SECOND = Candidate(2, "M-2", "2024001", "水表", "LXS")
THIRD = Candidate(3, "M-3", "2024001", "水表", "WS")
BARE = Candidate(4, "M-4", "", "热量表", "")
LEDGER = {}
for one in (FIRST, SECOND, THIRD, BARE):
    for known_as in {one.number, one.serial_number} - {""}:
        LEDGER.setdefault(known_as, []).append(one)


def found(number="", serial_number="", name="", model=""):
    return matched(LEDGER, number=number, serial_number=serial_number, name=name, model=model)


@pytest.mark.parametrize(
    ("told", "one"),
    [
        ({"number": "M-1"}, FIRST),
        ({"number": "M-1", "serial_number": "2024001"}, FIRST),
        ({"number": "M-4", "serial_number": "77"}, BARE),
        ({"serial_number": "2024001", "name": "电能表"}, FIRST),
        ({"serial_number": "2024001", "name": "水表", "model": "WS"}, THIRD),
        ({"number": "2024001", "name": "电能表"}, FIRST),
    ],
)
def test_is_the_one_that_is_spoken_of(told, one):
    assert found(**told) == one


@pytest.mark.parametrize(
    ("told", "reason"),
    [
        ({}, "number: the row tells neither the unit's nor the maker's number"),
        ({"number": "M-9"}, "the unit has no instrument M-9"),
        ({"serial_number": "M-1"}, "the unit has no instrument M-1"),
        ({"number": "M-1", "serial_number": "99"}, "number: M-1 has the serial number 2024001"),
        ({"serial_number": "2024001"}, "2024001 may be M-1, M-2, M-3: name the unit's own number"),
        (
            {"serial_number": "2024001", "name": "水表"},
            "2024001 may be M-2, M-3: name the unit's own number",
        ),
        (
            {"serial_number": "2024001", "name": "压力表"},
            "2024001 may be M-1, M-2, M-3: name the unit's own number",
        ),
    ],
)
def test_what_is_not_sure_is_refused(told, reason):
    with pytest.raises(NoMatch) as refused:
        found(**told)
    assert str(refused.value) == reason
