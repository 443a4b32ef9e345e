"""A terminal's first day: it asks, is admitted, uploads, and its values can be read back.

Over plain HTTP at the running product; the unit, its points, the admission, account and token come
from the script, as an official would do it.
"""

from datetime import datetime, timedelta
from typing import Any, NamedTuple

import pytest
from tests import inside, wire
from tests.product import Platform
from tests.wire import ELSEWHERE, RECEIVED, WAITING, Client, Terminal

SECONDS = 10  # within which what was uploaded can be read
DAY = datetime(2026, 3, 1)  # noqa: DTZ001 - as the city's clocks show it
CODE = "00-00-0000-023300-11"
CONTESTED, NEIGHBOUR = inside.unit_code(2), inside.unit_code(3)
AWAITING = """
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.terminals import queries
official = Viewer(city=frozenset({Permission.ADMIT_TERMINAL}))
result = [
    (row.source_address, row.is_contested)
    for row in queries.awaiting(official) if row.unit_code == %r
]
"""
CONFIRM = """
from datetime import UTC, datetime
from hengneng.kernel import clock
from hengneng.registry.points import operations
from hengneng.registry.points.models import Proposal
proposal = Proposal.objects.get(unit__code=%r, key=%r)
since = datetime(2026, 2, 28, 16, tzinfo=UTC)
point = operations.confirm_proposal(
    proposal_id=proposal.id, valid_from=since, by=None, at=clock.now()
)
result = point.id
"""
TOKENS = """
from hengneng.kernel import clock
from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts.rules.roles import Role
at, result = clock.now(), {}
for name, role, place in (
    ("neighbour", Role.ENERGY_MANAGER, {"unit_code": %r}),
    ("city", Role.CITY_OFFICIAL, {"body_code": "REGULATOR"}),
    ("institute", Role.INSTITUTE_ENGINEER, {"body_code": "INSTITUTE"}),
    ("310101", Role.DISTRICT_OFFICIAL, {"body_code": "REGULATOR-310101"}),
    ("310104", Role.DISTRICT_OFFICIAL, {"body_code": "REGULATOR-310104"}),
):
    accounts.create_account(
        name=name, password="Heng-neng-321", role=role, full_name="", by=None, at=at, **place
    )
    result[name] = accounts.issue_token(account_name=name, by=None, at=at)
"""


class Beginning(NamedTuple):
    """A unit with two points whose terminal was admitted."""

    platform: Platform
    code: str
    terminal: Terminal
    addresses: dict[str, str]  # as the answer to register named them
    token: str  # of the unit's own energy manager

    def consumption(self, *, token: str = "", **asked: str) -> wire.Answer:
        """Ask for the unit's consumption on the day."""
        span = {"from": "2026-03-01", "to": "2026-03-01"} | asked
        path = f"/api/v1/units/{self.code}/consumption"
        return self.terminal.client.get(path, token=token or self.token, **span)

    def amounts(self, **asked: str) -> dict[str, str | None]:
        """Return the day's amounts by the points' codes."""
        return {item["code"]: item["amount"] for item in self.consumption(**asked).json["items"]}

    def profile(self, point: int) -> dict[str, Any]:
        """Return a point's day, slot by slot."""
        path = f"/api/v1/points/{point}/profile"
        asked = {"from": "2026-03-01", "to": "2026-03-01"}
        (day,) = self.terminal.client.get(path, token=self.token, **asked).json["items"]
        return dict(day)

    def point(self, code: str) -> int:
        """Return a point's id."""
        items = self.consumption().json["items"]
        return next(int(item["point"]) for item in items if item["code"] == code)


def ask(platform: Platform, code: str, source: str = wire.HERE) -> wire.Answer:
    """Ask to speak for a unit, of which anybody may know the code."""
    asked = {"enterpriseCode": code, "region": "310101"}
    return Client(platform.base_url, source).post("/nhjc/register", asked)


@pytest.fixture(scope="module")
def beginning(platform: Platform) -> Beginning:
    """A unit with a point of each kind and its terminal, admitted by the script; two others."""
    code = inside.unit_code(1)
    inside.enter_units(platform, [code, CONTESTED, NEIGHBOUR])
    inside.enter(
        platform,
        "points",
        [
            inside.point_row(code, code="E-01", meter="M1"),
            inside.point_row(code, code="E-02", data_code=CODE),
        ],
    )
    assert ask(platform, code).json == WAITING
    assert ask(platform, code).json == WAITING
    assert f"unit {code}" in platform.run("admit", code).stdout
    issued = ask(platform, code).json
    assert {name: issued[name] for name in RECEIVED} == RECEIVED
    platform.run("account", "create", "manager", "--role", "energy_manager", "--body", code,
                 stdin="Heng-neng-321\n")  # fmt: skip
    token = platform.run("token", "create", "--account", "manager").stdout.strip()
    terminal = Terminal(Client(platform.base_url), code, issued["deviceId"])
    return Beginning(platform, code, terminal, issued, token)


@pytest.fixture(scope="module")
def tokens(beginning: Beginning) -> dict[str, str]:
    """Tokens of people who hold a role elsewhere, by name."""
    return dict(inside.result_of(beginning.platform, TOKENS % NEIGHBOUR))


def test_what_is_uploaded_can_be_read_within_seconds(beginning):
    registers = [
        wire.register("M1", DAY + timedelta(minutes=15 * n), f"{1000 + n}.{n:02}")
        for n in range(97)
    ]
    increments = [
        wire.increment(CODE, DAY + timedelta(minutes=15 * n), f"{n}.125") for n in range(96)
    ]
    client, envelope = beginning.terminal.client, beginning.terminal.envelope

    said = [
        client.post(beginning.addresses["registerDataURL"], envelope(registers)).json,
        client.post(beginning.addresses["centerDataURL"], envelope(increments)).json,
    ]

    # 96 quarters of 1.01 kWh; 0.125 + 1.125 + … + 95.125.
    assert said == [RECEIVED, RECEIVED]
    wire.until(
        lambda: beginning.amounts() == {"E-01": "96.96", "E-02": "4572"},
        seconds=SECONDS,
        what=str(beginning.amounts()),
    )
    day = beginning.profile(beginning.point("E-01"))
    assert [slot["value"] for slot in day["slots"]] == ["1.01"] * 96
    assert {slot["mark"] for slot in day["slots"]} == {"M"}
    assert day["first_register"] == {"at": "2026-03-01T00:00:00+08:00", "value": "1000"}
    assert day["last_register"] == {"at": "2026-03-01T23:45:00+08:00", "value": "1095.95"}
    day = beginning.profile(beginning.point("E-02"))
    assert [slot["value"] for slot in day["slots"]] == [f"{n}.125" for n in range(96)]
    assert [slot["start"] for slot in day["slots"]][:2] == [
        "2026-03-01T00:00:00+08:00",
        "2026-03-01T00:15:00+08:00",
    ]


def test_versions_are_told_to_whoever_holds_an_id(beginning):
    path = beginning.addresses["loadDicVersionURL"]

    said = beginning.terminal.client.post(path, {"deviceId": beginning.terminal.device_id}).json

    assert said == RECEIVED | {"regVersion": "1", "dicVersion": "1"}


class TestASecondClient:
    def test_gets_nothing_and_is_shown_as_an_alert(self, beginning):
        said = [ask(beginning.platform, beginning.code, at) for at in (ELSEWHERE, wire.HERE)]

        assert [answer.json for answer in said] == [WAITING, WAITING]
        assert inside.result_of(beginning.platform, AWAITING % beginning.code) == [
            [ELSEWHERE, True],
            [wire.HERE, True],
        ]

    def test_takes_no_admission_that_was_another_s(self, beginning):
        platform = beginning.platform
        ask(platform, CONTESTED, ELSEWHERE)
        ask(platform, CONTESTED, wire.HERE)

        admitted = platform.run("admit", CONTESTED)

        assert f"from {ELSEWHERE}" in admitted.stdout
        assert "CAREFUL: others ask to speak for this unit too" in admitted.stderr
        assert f"from {wire.HERE}" in admitted.stderr
        said = [ask(platform, CONTESTED, at).json for at in (wire.HERE, ELSEWHERE, ELSEWHERE)]
        assert said[0] == WAITING
        assert len(said[1]["deviceId"]) == 32
        assert said[2] == WAITING

    def test_a_terminal_that_shows_its_id_is_known_again(self, beginning):
        asked = {"enterpriseCode": beginning.code, "deviceId": beginning.terminal.device_id}

        said = Client(beginning.platform.base_url, ELSEWHERE).post("/nhjc/register", asked).json

        assert said["deviceId"] == beginning.terminal.device_id


class TestWhatATerminalConfigures:
    CODE = "00-00-0000-023300-12"
    ITEM = {
        "name": "空调用电", "processCode": "00", "processUnitCode": "00", "equipmentCode": "00",
        "equipmentUnitCode": "00", "energyClassCode": "02", "energyTypeCode": "3300",
        "dataUsageCode": "12", "inputType": "4", "statType": "0", "scope": "1",
    }  # fmt: skip

    def test_counts_from_before_it_was_confirmed(self, beginning):
        rows = [wire.increment(self.CODE, DAY, "7.5"), wire.increment(
            self.CODE, DAY + timedelta(minutes=15), "0.25"
        )]  # fmt: skip
        beginning.terminal.send_increments(rows)
        configuration = {
            "deviceId": beginning.terminal.device_id,
            "enterpriseCode": beginning.code,
            "collectItemConfig": [self.ITEM, {"name": "?"}],
        }
        path = beginning.addresses["centerInfoURL"]
        assert beginning.terminal.client.post(path, configuration).json == RECEIVED
        assert self.CODE not in beginning.amounts()

        key = f"N:{self.CODE.replace('-', '')}"
        point = inside.result_of(beginning.platform, CONFIRM % (beginning.code, key))

        wire.until(
            lambda: beginning.amounts().get(self.CODE) == "7.75",
            seconds=SECONDS,
            what=str(beginning.amounts()),
        )
        slots = beginning.profile(point)["slots"]
        assert [slot["value"] for slot in slots[:3]] == ["7.5", "0.25", None]


class TestWhoMayRead:
    def test_an_energy_manager_of_another_unit_finds_nothing(self, beginning, tokens):
        client, token = beginning.terminal.client, tokens["neighbour"]
        point = beginning.point("E-01")

        said = [
            beginning.consumption(token=token),
            client.get(f"/api/v1/units/{beginning.code}", token=token),
            client.get(f"/api/v1/units/{beginning.code}/points", token=token),
            client.get(f"/api/v1/points/{point}/profile", token=token),
        ]

        assert [answer.status for answer in said] == [404, 404, 404, 404]
        assert [answer.json["error"]["code"] for answer in said] == [
            *["UNKNOWN_UNIT"] * 3,
            "UNKNOWN_POINT",
        ]
        listed = client.get("/api/v1/units", token=token).json["items"]
        assert [unit["code"] for unit in listed] == [NEIGHBOUR]

    @pytest.mark.parametrize(
        ("who", "status"),
        [("city", 200), ("institute", 200), ("310101", 200), ("310104", 404)],
    )
    def test_an_official_reads_as_far_as_his_body_reaches(self, beginning, tokens, who, status):
        assert beginning.consumption(token=tokens[who]).status == status

    def test_nobody_reads_without_a_token(self, beginning):
        path = f"/api/v1/units/{beginning.code}/consumption"

        assert beginning.terminal.client.get(path).status == 401
        assert beginning.consumption(token="wrong").status == 401
