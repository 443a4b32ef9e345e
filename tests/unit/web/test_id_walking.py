"""A unit's own address with the ids of another unit's things: behind it, in its query, in a form.

The matrix asks for whole foreign objects; here the unit in the address is the account's own.
"""

import re
from typing import Any

import pytest
from django.test import Client
from tests import ledger_samples as samples
from tests import two_districts
from tests.two_districts import City
from tests.unit.web.test_matrix import BY_TOKEN, OBJECTS, ROUTES, SAMPLES, Route, told

from hengneng.people.accounts.rules.roles import Role
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.equipment.models import Consumer
from hengneng.registry.equipment.models import Particulars as ConsumerParticulars
from hengneng.registry.instruments.models import ChangeNotice, InstrumentProposal
from hengneng.registry.points.models import Proposal
from hengneng.registry.units.models import Site

# What lies under a unit's address and belongs to the unit, beside what the matrix knows of.
BELOW = (OBJECTS | {"document_id", "event_id"}) - {"code", "district_code"}
PART = re.compile(r"<(?:\w+:)?(\w+)>")


def parts(route: Route) -> set[str]:
    return set(PART.findall(route.address))


NESTED = [route for route in ROUTES if "code" in parts(route) and parts(route) & BELOW]


@pytest.fixture(autouse=True)
def papers(settings, tmp_path):
    settings.DATA_DIR = tmp_path


@pytest.fixture
def manager(city) -> Client:
    """The own unit's energy manager."""
    return signed_in(Role.ENERGY_MANAGER, city)


@pytest.fixture
def official(city) -> Client:
    """A city official, who reaches both units."""
    return signed_in(Role.CITY_OFFICIAL, city)


def signed_in(role: Role, city: City) -> Client:
    client = Client()
    client.force_login(two_districts.account(role, city.own))
    return client


def mixed(route: Route, city: City) -> str:
    """Return the address of the own unit with the foreign unit's things below it."""

    def sample(part: re.Match[str]) -> str:
        place = city.foreign if part[1] in BELOW else city.own
        return str(SAMPLES[part[1]](place))

    return "/" + PART.sub(sample, route.address)


def test_there_are_such_addresses():
    assert {
        "instrument_id",
        "certificate_id",
        "change_id",
        "consumer_id",
        "person_id",
        "declaration_id",
    } <= {part for route in NESTED for part in parts(route)}


@pytest.mark.parametrize("route", NESTED, ids=lambda route: f"/{route.address}")
@pytest.mark.parametrize("who", ["manager", "official"])
def test_what_is_anothers_does_not_lie_under_the_own_address(
    route: Route, who: str, city: City, request: pytest.FixtureRequest
):
    client: Client = request.getfixturevalue(who)
    for part in parts(route) & BELOW:
        SAMPLES[part](city.own)  # so that the own ids are others
    address = mixed(route, city)
    if BY_TOKEN.match(route.address):
        secret = two_districts.token(two_districts.account(Role.CITY_OFFICIAL, city.own))
        client = Client(headers={"authorization": f"Bearer {secret}"})
    for method in (client.get, client.post):
        got = method(address)
        assert got.status_code in (403, 404, 405), f"{address}: {got.status_code}"
        assert city.foreign.unit.name not in told(got)


def exchange(point: int) -> dict[str, Any]:
    return {
        "point": point, "happened_at": "2026-03-09T10:30", "before_value": "900",
        "after_value": "0",
    }  # fmt: skip


def consumer(code: str, **hangs: int) -> dict[str, Any]:
    return {
        "code": code, "name": "水泵", "kind": "EQUIPMENT", "valid_from": "2026-03-01",
    } | hangs  # fmt: skip


class TestFormsOfAUnit:
    """Each form once with the other's id, then with the own one, which it takes."""

    def tried(self, client: Client, address: str, foreign: Any, own: Any) -> None:
        refused = client.post(address, foreign)
        assert refused.status_code != 302, "took what is another's"
        assert client.post(address, own).status_code == 302

    @pytest.mark.parametrize(("kind", "more"), [("exchange", {}), ("ratio", {"ratio": "200/5"})])
    def test_tell_of_no_foreign_point(self, manager, city, kind, more):
        address = f"/portal/{city.own.unit.code}/changes/{kind}"

        self.tried(
            manager,
            address,
            exchange(city.foreign.point.id) | more,
            exchange(city.own.point.id) | more,
        )

        notice = ChangeNotice.objects.get()
        assert (notice.unit_id, notice.point_id) == (city.own.unit.id, city.own.point.id)

    @pytest.mark.parametrize(("kind", "more"), [("stop", {}), ("move", {"new_place": "地下室"})])
    def test_tell_of_no_foreign_instrument(self, manager, city, kind, more):
        own, foreign = map(samples.instrument_of, (city.own, city.foreign))
        said = {"happened_at": "2026-03-09T10:30"} | more
        address = f"/portal/{city.own.unit.code}/changes/{kind}"

        self.tried(manager, address, {"instrument": foreign} | said, {"instrument": own} | said)

        notice = ChangeNotice.objects.get()
        assert (notice.unit_id, notice.instrument_id) == (city.own.unit.id, own)

    @pytest.mark.parametrize("field", ["parent_id", "metered_with_id"])
    def test_hang_nothing_on_a_foreign_consumer(self, manager, city, field):
        own, foreign = map(samples.consumer_of, (city.own, city.foreign))
        address = f"/portal/{city.own.unit.code}/equipment/new"

        self.tried(
            manager, address, consumer("P-1", **{field: foreign}), consumer("P-1", **{field: own})
        )

        made = Consumer.objects.get(code="P-1")
        assert getattr(ConsumerParticulars.objects.get(consumer=made), field) == own

    def test_put_nothing_at_a_foreign_site(self, manager, city):
        own, foreign = (Site.objects.get(unit=p.unit).id for p in (city.own, city.foreign))
        address = f"/portal/{city.own.unit.code}/equipment/new"

        self.tried(manager, address, consumer("P-1", site_id=foreign), consumer("P-1", site_id=own))

    @pytest.mark.parametrize(
        ("field", "make"), [("parent", "point"), ("site", "site"), ("feeds", "consumer")]
    )
    def test_declare_nothing_of_what_is_anothers(self, manager, city, field, make):
        for place, code in ((city.own, "OWN-9"), (city.foreign, "FAR-9")):
            samples.named(place, make, code)
        address = f"/portal/{city.own.unit.code}/declarations/points/{city.own.point.id}"
        said = {
            "name": "新总表", "level": "LEVEL_1", "flow": "BOUGHT", "valid_from": "2026-03-01",
        }  # fmt: skip

        self.tried(manager, address, said | {field: "FAR-9"}, said | {field: "OWN-9"})

        assert Declaration.objects.get().unit_id == city.own.unit.id


class TestFormsOfAnOfficial:
    """Who reaches both units still cannot make one's things the other's."""

    def test_no_proposed_point_becomes_a_foreign_one(self, official, city):
        address = f"/desk/proposals/{city.own.proposal.id}/merge"
        said = {"valid_from": "2026-03-01"}

        refused = official.post(address, said | {"point": city.foreign.point.id})

        assert refused.status_code != 302
        assert Proposal.objects.get(id=city.own.proposal.id).state == "PROPOSED"
        free = two_districts.point(city.own.unit, "E-02", None)
        assert official.post(address, said | {"point": free.id}).status_code == 302

    def test_no_proposed_instrument_becomes_a_foreign_one(self, official, city):
        proposed = samples.proposed_of(city.own)
        foreign = samples.instrument_of(city.foreign)

        address = f"/desk/instruments/proposed/{proposed}"

        refused = official.post(address, {"instrument": foreign})

        assert refused.status_code != 302
        assert InstrumentProposal.objects.get(id=proposed).state == "PROPOSED"
        own = samples.instrument_of(city.own)
        assert official.post(address, {"instrument": own}).status_code == 302


@pytest.mark.parametrize("key", ["point", "unit", "consumer", "instrument", "parent"])
def test_a_query_shows_nothing_foreign(key, manager, city):
    ids = {
        "point": city.foreign.point.id,
        "unit": city.foreign.unit.code,
        "consumer": samples.consumer_of(city.foreign),
        "instrument": samples.instrument_of(city.foreign),
        "parent": city.foreign.point.id,
    }
    for route in ROUTES:
        if parts(route) == {"code"} and route.address.startswith("portal/"):
            got = manager.get(route.at(city.own), {key: ids[key]})
            assert city.foreign.unit.name not in told(got), route.address
            assert city.foreign.unit.code not in told(got).replace(str(ids[key]), ""), route.address
