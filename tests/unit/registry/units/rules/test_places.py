from datetime import date

from hengneng.registry.units.rules import places as rules
from hengneng.registry.units.rules.places import Stay


class TestPlaces:
    FIRST, UNTIL = date(2026, 3, 1), date(2026, 3, 10)

    def places(self, site_id, *stays):
        return rules.places(site_id, stays, first=self.FIRST, until=self.UNTIL)

    def test_follow_a_site_that_moves_to_another_district(self):
        moved = date(2026, 3, 4)

        found = self.places(
            1, Stay(1, "310101", self.FIRST, moved), Stay(1, "310104", moved, self.UNTIL)
        )

        assert found == [(self.FIRST, moved, "310101"), (moved, self.UNTIL, "310104")]

    def test_are_not_known_where_a_unit_lies_in_two_districts_and_no_site_is_said(self):
        stays = [
            Stay(n, code, self.FIRST, self.UNTIL) for n, code in ((1, "310101"), (2, "310104"))
        ]

        assert self.places(None, *stays) == [(self.FIRST, self.UNTIL, None)]
        assert self.places(2, *stays) == [(self.FIRST, self.UNTIL, "310104")]

    def test_are_not_known_without_a_placement(self):
        assert self.places(1) == [(self.FIRST, self.UNTIL, None)]
