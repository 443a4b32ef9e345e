from datetime import UTC, datetime

import pytest
from django.contrib.messages import get_messages

from hengneng.kernel.audit.models import Entry
from hengneng.registry.energy.models import BalanceWeight
from hengneng.registry.points import operations as point_operations
from hengneng.registry.points import queries as points
from hengneng.registry.points.models import Description, Proposal


def said(answer) -> list[str]:
    return [str(message) for message in get_messages(answer.wsgi_request)]


class TestTerminals:
    def test_are_admitted(self, city, official):
        answer = official.post(f"/desk/terminals/{city.own.terminal.id}/admit")
        assert answer["Location"] == "/desk/"
        city.own.terminal.refresh_from_db()
        assert city.own.terminal.state == "ADMITTED"
        assert "Unit 91310000MA1FL00016" in said(answer)[0]

    def test_are_refused_for_a_reason_that_is_kept_and_shown(self, city, official, manager):
        terminal, where = city.own.terminal, f"/desk/terminals/{city.own.terminal.id}/refuse"
        unit = f"/desk/units/{city.own.unit.code}"
        for page in ("/desk/", unit):
            assert f'href="{where}"' in official.get(page).text
        assert "<h1>Refuse a terminal</h1>" in official.get(where).text
        for words in ({}, {"reason": " "}):
            answer = official.post(where, words)
            assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["reason"])
        answer = official.post(where, {"reason": "not the unit's own box"})
        assert answer["Location"] == "/desk/"
        assert "Unit 91310000MA1FL00016" in said(answer)[0]
        terminal.refresh_from_db()
        assert (terminal.state, terminal.ended_reason) == ("REFUSED", "not the unit's own box")
        kept = Entry.objects.get(action="terminal.refused")
        assert kept.details["reason"] == "not the unit's own box"
        for client, page in ((official, unit), (manager, f"/portal/{city.own.unit.code}/devices")):
            assert "not the unit&#x27;s own box" in client.get(page).text

    def test_are_decided_once(self, city, official):
        terminal = city.own.terminal
        official.post(f"/desk/terminals/{terminal.id}/admit")
        answer = official.post(f"/desk/terminals/{terminal.id}/refuse", {"reason": "too late"})
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["__all__"])
        terminal.refresh_from_db()
        assert (terminal.state, terminal.ended_reason) == ("ADMITTED", "")

    def test_of_another_district_are_not_there(self, city, district_official):
        where = f"/desk/terminals/{city.foreign.terminal.id}"
        assert district_official.post(f"{where}/admit").status_code == 404
        assert district_official.get(f"{where}/refuse").status_code == 404
        assert district_official.post(f"{where}/refuse", {"reason": "none"}).status_code == 404
        city.foreign.terminal.refresh_from_db()
        assert city.foreign.terminal.state == "PENDING"

    def test_decided_already_are_not_there(self, city, official):
        official.post(f"/desk/terminals/{city.own.terminal.id}/refuse", {"reason": "not ours"})
        answer = official.post(f"/desk/terminals/{city.own.terminal.id}/admit")
        assert answer.status_code == 404
        city.own.terminal.refresh_from_db()
        assert city.own.terminal.state == "REFUSED"

    def test_admitted_are_withdrawn_for_a_reason_that_is_kept(self, city, official):
        terminal, where = city.own.terminal, f"/desk/terminals/{city.own.terminal.id}/revoke"
        official.post(f"/desk/terminals/{terminal.id}/admit")
        assert where in official.get(f"/desk/units/{city.own.unit.code}").content.decode()
        assert official.post(where, {"reason": " "}).status_code == 422
        answer = official.post(where, {"reason": "id lost"})
        assert answer["Location"] == f"/desk/units/{city.own.unit.code}"
        terminal.refresh_from_db()
        assert terminal.state == "REVOKED"
        kept = Entry.objects.get(action="terminal.revoked")
        assert kept.details["reason"] == "id lost"

    def test_that_only_ask_have_nothing_to_withdraw(self, city, official):
        answer = official.post(f"/desk/terminals/{city.own.terminal.id}/revoke", {"reason": "none"})
        assert answer.status_code == 422
        city.own.terminal.refresh_from_db()
        assert city.own.terminal.state == "PENDING"


class TestProposals:
    WORDS = {"valid_from": "2026-02-01", "slot_seconds": "1800", "code": "E-02"}

    def test_become_points(self, city, official):
        answer = official.post(f"/desk/proposals/{city.own.proposal.id}", self.WORDS)
        assert answer["Location"] == "/desk/"
        made = Description.objects.get(point__unit=city.own.unit, point__code="E-02")
        assert (made.slot_seconds, made.energy_type_id) == (1800, "ELECTRICITY")
        assert made.valid_from == datetime(2026, 1, 31, 16, tzinfo=UTC)
        assert not points.proposals_of(city.own.unit.id)

    @pytest.mark.parametrize(
        ("words", "field"),
        [
            ({"slot_seconds": "60"}, "slot_seconds"),
            ({"valid_from": "tomorrow"}, "valid_from"),
            ({"code": "E-01"}, "code"),
            ({"energy_type": "NONE"}, "energy_type"),
        ],
    )
    def test_say_beside_the_field_what_is_wrong(self, city, official, words, field):
        answer = official.post(f"/desk/proposals/{city.own.proposal.id}", self.WORDS | words)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, [field])
        city.own.proposal.refresh_from_db()
        assert city.own.proposal.state == "PROPOSED"

    def test_ask_for_an_energy_type_the_code_does_not_name(self, city, official):
        Proposal.objects.filter(id=city.own.proposal.id).update(key="N:0000000002990011")
        answer = official.post(f"/desk/proposals/{city.own.proposal.id}", self.WORDS)
        assert list(answer.context["form"].errors) == ["energy_type"]

    @pytest.mark.parametrize(
        ("key", "flow", "weight"), [("N:0000000002330030", "CONVERSION_OUTPUT", -1)]
    )
    def test_say_what_the_code_says_before_anyone_confirms(self, city, official, key, flow, weight):
        Proposal.objects.filter(id=city.own.proposal.id).update(key=key)
        BalanceWeight.objects.create(
            flow=flow,
            weight=weight,
            edition="test",
            clause="1",
            valid_from="2020-01-01",
            citation="test",
            verified=False,
            recorded_at=datetime.now(UTC),
        )
        said = official.get(f"/desk/proposals/{city.own.proposal.id}").context["said"]
        assert (said.level, said.flow, said.weight) == ("LEVEL_1", flow, weight)
        assert [digits for _, digits in said.parts] == ["00", "00", "00", "00", "02", "3300", "30"]

    def test_say_what_speaks_against_them(self, city, official):
        key = "N:0001000002330011"  # a process unit of no process
        Proposal.objects.filter(id=city.own.proposal.id).update(key=key)

        answer = official.get(f"/desk/proposals/{city.own.proposal.id}")
        assert len(answer.context["doubts"]) == 1
        answer = official.post(f"/desk/proposals/{city.own.proposal.id}", self.WORDS)
        assert (answer.status_code, list(answer.context["form"].errors)) == (422, ["__all__"])

    def test_become_a_point_that_the_unit_has(self, city, official):
        there = point_operations.create_point(
            unit_id=city.own.unit.id, code="E-09", name="旧点", energy_type_id="ELECTRICITY",
            level="LEVEL_1", kind="INCREMENT", valid_from=datetime(2026, 1, 1, tzinfo=UTC),
            by=None, at=datetime(2026, 1, 1, tzinfo=UTC),
        )  # fmt: skip
        where = f"/desk/proposals/{city.own.proposal.id}/merge"

        assert where in official.get(f"/desk/proposals/{city.own.proposal.id}").content.decode()
        assert official.post(where, {"point": "0", "valid_from": "2026-02-01"}).status_code == 422
        answer = official.post(where, {"point": str(there.id), "valid_from": "2026-02-01"})

        assert answer["Location"] == "/desk/"
        city.own.proposal.refresh_from_db()
        assert (city.own.proposal.state, city.own.proposal.point_id) == ("MERGED", there.id)
        assert points.keys_around(there.id, datetime(2026, 1, 31, 16, tzinfo=UTC)) == (
            None,
            city.own.proposal.key,
        )

    def test_are_refused(self, city, official):
        official.post(f"/desk/proposals/{city.own.proposal.id}/refuse")
        city.own.proposal.refresh_from_db()
        assert city.own.proposal.state == "REFUSED"
