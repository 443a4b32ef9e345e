"""A unit tells of a change of its meter: what is told waits for the district, in time or late."""

import csv
from datetime import UTC, date, datetime
from decimal import Decimal
from fractions import Fraction
from io import StringIO

import pytest
from tests import ledger_samples as samples

from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import ChangeNotice

from .conftest import NOON, at


def exchange(own, **other):
    told = {
        "point": own.point.id,
        "happened_at": "2026-03-09T10:30",
        "before_value": "900.5",
        "after_value": "0",
    }
    return told | other


class TestTellingOfAChange:
    def test_an_exchange_waits_with_its_registers(self, teller, own, metered):
        answer = teller.post(at(own, "changes/exchange"), exchange(own, new_number="M-02"))

        assert answer["Location"] == at(own, "changes")
        (row,) = queries.notices_of(own.unit.id)
        assert (row.kind, row.state, row.point_id) == ("EXCHANGE", "REPORTED", own.point.id)
        assert row.said.before_value == Decimal("900.5")
        assert row.said.new_number == "M-02"
        assert row.happened_at == datetime(2026, 3, 9, 2, 30, tzinfo=UTC)
        assert row.instrument_id == metered.id
        assert queries.exchanges_of(own.unit.id) == []

    def test_it_is_due_three_working_days_after_it_happened(self, teller, own):
        # 6 March 2026 is a Friday: Monday, Tuesday, Wednesday.
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-06T10:30"))
        (row,) = queries.notices_of(own.unit.id)
        assert (row.due_on, row.is_late) == (date(2026, 3, 11), False)

    def test_the_page_says_until_when_what_changes_today_is_told(self, teller, own):
        text = teller.get(at(own, "changes")).text
        assert "told by 2026-03-13: within 3 working days" in text
        assert "was not checked against an official text" in text

    def test_what_is_told_late_says_so(self, teller, own):
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-04T10:30"))
        assert "late: due 2026-03-09" in teller.get(at(own, "changes")).text

    def test_a_ratio_is_told_as_a_fraction(self, teller, own):
        told = {"point": own.point.id, "happened_at": "2026-03-09T10:30", "ratio": "400/5"}
        teller.post(at(own, "changes/ratio"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert row.said.ratio == Fraction(80)

    @pytest.mark.parametrize("ratio", ["0", "-2", "1/0", "many"])
    def test_a_ratio_that_is_none_is_refused(self, teller, own, ratio):
        told = {"point": own.point.id, "happened_at": "2026-03-09T10:30", "ratio": ratio}
        answer = teller.post(at(own, "changes/ratio"), told)
        assert answer.status_code == 422
        assert "ratio" in answer.context["form"].errors
        assert not ChangeNotice.objects.exists()

    def test_a_stop_names_the_instrument(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30"}
        teller.post(at(own, "changes/stop"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert (row.kind, row.instrument_number) == ("STOP", samples.NUMBER)

    def test_a_move_to_nowhere_is_refused_beside_its_field(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30", "remark": "到二楼"}
        answer = teller.post(at(own, "changes/move"), told)
        assert answer.status_code == 422
        assert "Say at which point or place" in answer.context["form"].errors["new_place"][0]
        assert "到二楼" in answer.text

    def test_a_move_says_where_to(self, teller, own, metered):
        told = {"instrument": metered.id, "happened_at": "2026-03-09T10:30", "new_place": "二楼"}
        teller.post(at(own, "changes/move"), told)
        (row,) = queries.notices_of(own.unit.id)
        assert (row.said.new_place, row.said.new_point_code) == ("二楼", "")

    def test_what_is_yet_to_come_is_refused_and_keeps_what_was_typed(self, teller, own):
        answer = teller.post(
            at(own, "changes/exchange"), exchange(own, happened_at="2026-03-10T12:01")
        )
        assert answer.status_code == 422
        assert "happened_at" in answer.context["form"].errors
        assert 'value="900.5"' in answer.text

    def test_this_very_minute_is_not_yet_to_come(self, teller, own):
        teller.post(at(own, "changes/exchange"), exchange(own, happened_at="2026-03-10T12:00"))
        assert [row.happened_at for row in queries.notices_of(own.unit.id)] == [NOON]

    def test_another_unit_s_point_is_no_choice(self, teller, own, city):
        told = exchange(own, point=city.foreign.point.id)
        answer = teller.post(at(own, "changes/exchange"), told)
        assert "point" in answer.context["form"].errors
        assert not ChangeNotice.objects.exists()


class TestWhatWasTold:
    @pytest.fixture
    def told(self, own) -> int:
        """A notice that waits for the district."""
        return samples.change_of(own)

    @pytest.fixture
    def returned(self, told) -> int:
        """A notice that came back."""
        instruments.send_back(notice_id=told, reason="读数写反了", by=None, at=NOON)
        return told

    def test_it_is_withdrawn(self, teller, own, told):
        teller.post(at(own, f"changes/{told}/withdraw"))
        assert ChangeNotice.objects.get(id=told).state == "WITHDRAWN"

    def test_what_is_confirmed_is_not_withdrawn(self, teller, own, told):
        ChangeNotice.objects.filter(id=told).update(state="CONFIRMED", decided_at=NOON)
        answer = teller.post(at(own, f"changes/{told}/withdraw"), follow=True)
        assert "confirmed or withdrawn already" in answer.text
        assert ChangeNotice.objects.get(id=told).state == "CONFIRMED"

    def test_another_s_is_not_there(self, teller, own, city):
        foreign = samples.change_of(city.foreign)
        assert teller.post(at(own, f"changes/{foreign}/withdraw")).status_code == 404
        assert teller.get(at(own, f"changes/{foreign}")).status_code == 404
        assert teller.get(at(own, f"changes/{foreign}/again")).status_code == 404
        assert ChangeNotice.objects.get(id=foreign).state == "REPORTED"

    def test_what_came_back_is_told_again(self, teller, own, returned):
        shown = teller.get(at(own, f"changes/{returned}/again"))
        assert "读数写反了" in shown.text
        assert 'value="900"' in shown.text

        told = exchange(own, before_value="901")
        teller.post(at(own, f"changes/{returned}/again"), told)

        (row,) = queries.notices_of(own.unit.id)
        assert (row.state, row.said.before_value) == ("REPORTED", Decimal(901))

    def test_what_waits_is_not_told_again(self, teller, own, told):
        answer = teller.post(at(own, f"changes/{told}/again"), exchange(own))
        assert answer.status_code == 422

    def test_it_stands_among_the_to_dos(self, teller, own, returned):
        waiting = teller.get(at(own, "")).context["todos"]
        assert [todo.address for todo in waiting.own if todo.subject == "Change"] == [
            at(own, f"changes/{returned}")
        ]

    def test_what_waits_for_the_district_stands_there_too(self, teller, own, told):
        answer = teller.get(at(own, ""))
        others = answer.context["todos"].others
        assert "1 change that you told waits to be confirmed." in [todo.says for todo in others]
        below = answer.text.split('id="others"')[1]
        assert ("Look at it" in below, "Look into it" in below) == (True, False)

    def test_the_file_holds_what_the_filter_shows(self, teller, own, told):
        def rows(words):
            answer = teller.get(at(own, f"changes/file?format=csv&{words}"))
            return list(csv.reader(StringIO(answer.content.decode("utf-8-sig"))))[1:]

        assert [row[:3] for row in rows("state=REPORTED")] == [["Meter exchanged", "E-01", ""]]
        assert rows("state=CONFIRMED") == []
