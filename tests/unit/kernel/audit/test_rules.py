from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal
from hashlib import sha256

import pytest

from hengneng.kernel.audit import rules

ROW = rules.EntryRow(
    sequence=7,
    recorded_at=datetime(2020, 9, 30, 15, 0, 0, 1, tzinfo=UTC),
    at=datetime(2020, 9, 30, 15, tzinfo=UTC),
    by=None,
    action="unit.created",
    subject="unit:91310000MA1FL00000",
    details={"name": "衡能"},
)
# The leaves and roots that RFC 6962's own log server is tested with.
LEAVES = [
    bytes.fromhex(text)
    for text in (
        "",
        "00",
        "10",
        "2021",
        "3031",
        "40414243",
        "5051525354555657",
        "606162636465666768696a6b6c6d6e6f",
    )
]
ROOTS = [
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


class TestEntryDigest:
    def test_is_that_of_the_canonical_text(self):
        text = (
            '["hengneng entry 1",7,"2020-09-30T15:00:00.000001+00:00",'
            '"2020-09-30T15:00:00.000000+00:00",null,"unit.created",'
            '"unit:91310000MA1FL00000",{"name":"衡能"}]'
        )

        assert rules.entry_digest(ROW) == sha256(text.encode()).digest()

    def test_depends_on_the_instant_and_not_on_its_zone(self):
        there = ROW.at.astimezone(timezone(timedelta(hours=8)))

        assert rules.entry_digest(ROW._replace(at=there)) == rules.entry_digest(ROW)

    @pytest.mark.parametrize(
        "change",
        [
            {"sequence": 8},
            {"recorded_at": ROW.at},
            {"at": ROW.recorded_at},
            {"by": 0},
            {"action": "unit.create"},
            {"subject": "unit:91310000MA1FL00001"},
            {"details": {"name": "衡"}},
        ],
    )
    def test_changes_with_every_field(self, change):
        assert rules.entry_digest(ROW._replace(**change)) != rules.entry_digest(ROW)


class TestPlain:
    def test_keeps_what_json_keeps_and_writes_the_rest_as_text(self):
        given = {
            "on": date(2020, 9, 30),
            "at": ROW.at,
            "ratio": Decimal("1.50"),
            "codes": {"b", "a"},
            "count": 3,
            "known": None,
        }

        assert rules.plain(given) == {
            "on": "2020-09-30",
            "at": "2020-09-30T15:00:00+00:00",
            "ratio": "1.50",
            "codes": ["a", "b"],
            "count": 3,
            "known": None,
        }

    @pytest.mark.parametrize("value", [1.5, b"bytes", {"inner": [0.1]}, object()])
    def test_refuses_what_does_not_come_back_as_it_went(self, value):
        with pytest.raises(rules.NotPlain):
            rules.plain(value)


class TestExtended:
    def test_links_each_row_to_the_one_before(self):
        first = sha256(b"entries").digest()
        one = sha256(first + (1).to_bytes(8, "big") + b"x" * 32).digest()
        two = sha256(one + (2).to_bytes(8, "big") + b"y" * 32).digest()

        head = rules.extended(rules.first_head("entries"), [(1, b"x" * 32), (2, b"y" * 32)])

        assert head == (2, two)

    def test_batches_make_no_difference(self):
        rows = [(n, bytes([n]) * 32) for n in range(1, 6)]
        head = rules.extended(rules.first_head("entries"), rows[:2])

        assert rules.extended(head, rows[2:]) == rules.extended(rules.first_head("entries"), rows)


class TestMerkleRoot:
    @pytest.mark.parametrize("count", range(1, 9))
    def test_is_that_of_the_known_trees(self, count):
        assert rules.merkle_root(LEAVES[:count]) == (bytes.fromhex(ROOTS[count - 1]), count)

    def test_of_nothing_is_that_of_the_empty_string(self):
        assert rules.merkle_root([]) == (sha256(b"").digest(), 0)
