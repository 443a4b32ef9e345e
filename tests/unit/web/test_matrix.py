"""Every route × every role × own and foreign object: who gets in is what the rules say, no more.

A new route is covered at once. It needs a permission, and a sample below for each part of its
address that is not sampled yet.
"""

import hashlib
import json
import re
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import pytest
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import resolve_url
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.urls.resolvers import RoutePattern
from tests import ledger_samples as ledger
from tests import two_districts
from tests.two_districts import City, Place

from hengneng.kernel.files import operations as files
from hengneng.kernel.imports import operations as imports
from hengneng.kernel.jobs.models import Progress
from hengneng.kernel.policy.rules import GRANTABLE, Permission, Scope
from hengneng.people.accounts.models import Account
from hengneng.people.accounts.rules.roles import REACH, Role
from hengneng.registry.energy.models import Factor
from hengneng.registry.units.models import Business, Event, Party
from hengneng.reporting.ledgers.models import Package
from hengneng.telemetry.journal import bodies
from hengneng.telemetry.journal.models import Message

# What stands in each named part of an address, own or foreign.
SAMPLES: dict[str, Callable[[Place], object]] = {
    "account_id": lambda place: place.holder.id,
    "attachment_id": lambda _: 1,
    "certificate_id": ledger.certificate_of,
    "change_id": ledger.change_of,
    "code": lambda place: place.unit.code,
    "consumer_id": ledger.consumer_of,
    "day": lambda _: "2026-03-01",
    "district_code": lambda place: place.district.code,
    "declaration_id": ledger.declaration_of,
    "document_id": lambda place: proof_of(place),  # noqa: PLW0108 defined below
    "energy_type": lambda _: "ELECTRICITY",
    "event_id": lambda place: event_of(place),  # noqa: PLW0108 defined below
    "factor_id": lambda _: Factor.objects.values_list("id", flat=True)[0],
    "import_id": lambda _: imported_of(),  # defined below
    "instrument_id": ledger.instrument_of,
    "kind": lambda _: "pdf",
    "list_kind": lambda _: "equipment",
    "notice_id": lambda place: place.notice.id,
    "number": lambda _: "B.3",
    "package_id": lambda place: package_of(place),  # noqa: PLW0108 defined below
    "paper_id": ledger.fuel_paper_of,
    "person_id": ledger.person_of,
    "point_id": lambda place: place.point.id,
    "proposal_id": lambda place: place.proposal.id,
    "proposed_id": ledger.proposed_of,
    "purchase_id": ledger.purchase_of,
    "role": lambda _: ledger.ROLE,
    "run_id": lambda _: 1,
    "sequence": lambda place: message_of(place),  # noqa: PLW0108 defined below
    "taking_id": ledger.taking_of,
    "terminal_id": lambda place: place.terminal.id,
    "unit_id": lambda place: place.unit.id,
    "view_id": lambda _: 1,
    "page": lambda _: "units",
}
# Parts that name an object of a unit; the others say only how to look at it.
OBJECTS = {
    "certificate_id",
    "change_id",
    "code",
    "consumer_id",
    "declaration_id",
    "district_code",
    "instrument_id",
    "package_id",
    "paper_id",
    "person_id",
    "point_id",
    "proposal_id",
    "proposed_id",
    "purchase_id",
    "sequence",
    "taking_id",
    "terminal_id",
    "unit_id",
}
# Addresses of routes written as regular expressions.
WRITTEN = {"api-nowhere": "api/v1/nowhere"}
# Routes that ask for a bearer token; all others ask for a session.
BY_TOKEN = re.compile(r"^(api/|metrics$)")
FAR_AWAY = {"REMOTE_ADDR": "203.0.113.7"}  # not this machine: web/ops trusts that one

VISITOR, STRANGER, GRANTEE = "VISITOR", "STRANGER", "GRANTEE"
VIEWERS: dict[str, dict[Permission, Scope]] = {
    VISITOR: {},
    STRANGER: {},
    GRANTEE: dict.fromkeys(GRANTABLE, Scope.UNIT),
    **REACH,
}
# By nobody's account: whoever asks gets the same.
ACCOUNTLESS = (Permission.PUBLIC, Permission.TERMINAL)

WHO, NO, NOT_THERE, NOT_SO, BROKEN, IN = "WHO", "NO", "NOT_THERE", "NOT_SO", "BROKEN", "IN"


class Route(NamedTuple):
    """A route of the product."""

    address: str
    pattern: URLPattern

    @property
    def permission(self) -> Permission:
        view = self.pattern.callback
        named = getattr(view, "permission", None)
        named = named or getattr(getattr(view, "view_class", None), "permission", None)
        assert isinstance(named, Permission), f"/{self.address} names no permission"
        return named

    @property
    def has_object(self) -> bool:
        return bool(OBJECTS & set(self.pattern.pattern.regex.groupindex))

    def at(self, place: Place) -> str:
        """Return the address of the place's object."""
        if not isinstance(self.pattern.pattern, RoutePattern):
            return f"/{WRITTEN[self.pattern.name or '']}"
        return "/" + re.sub(
            r"<(?:\w+:)?(\w+)>", lambda part: str(SAMPLES[part[1]](place)), self.address
        )


def routes(resolver: URLResolver | None = None, prefix: str = "") -> Iterator[Route]:
    for entry in (resolver or get_resolver()).url_patterns:
        address = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from routes(entry, address)
        else:
            yield Route(address, entry)


ROUTES = list(routes())


class Asker(NamedTuple):
    """Who asks."""

    name: str
    account: Account | None

    def client(self, *, by_token: bool) -> Client:
        """Return a new client that proves who asks, by token or by session."""
        client = Client(**FAR_AWAY)
        if self.account and by_token:
            secret = two_districts.token(self.account)
            return Client(headers={"authorization": f"Bearer {secret}"}, **FAR_AWAY)
        if self.account:
            client.force_login(self.account)
        return client


def asker(name: str, city: City) -> Asker:
    if name == VISITOR:
        return Asker(name, None)
    if name == STRANGER:
        return Asker(name, two_districts.stranger("a stranger"))
    if name == GRANTEE:
        return Asker(name, two_districts.grantee(city.own))
    return Asker(name, two_districts.account(Role(name), city.own))


def outcome(response: HttpResponse) -> str:
    """Say in a word what became of a request."""
    status = response.status_code
    signs_in = resolve_url(settings.LOGIN_URL)
    if status in (301, 302, 303) and response["Location"].split("?")[0] == signs_in:
        return WHO
    return {401: WHO, 403: NO, 404: NOT_THERE, 405: NOT_SO, 500: BROKEN}.get(status, IN)


def expected(name: str, permission: Permission, *, is_own: bool, has_object: bool) -> str:
    """Say what the rules make of a request with the proof that the route asks for."""
    if name == VISITOR:
        return WHO
    if permission is Permission.OWN_ACCOUNT:
        return IN
    if permission not in VIEWERS[name]:
        return NO
    reaches = is_own or not has_object or VIEWERS[name][permission] is Scope.CITY
    return IN if reaches else NOT_THERE


def test_every_part_of_an_address_has_a_sample():
    parts = {part for route in ROUTES for part in route.pattern.pattern.regex.groupindex}
    assert not parts - SAMPLES.keys(), "add a sample, and to OBJECTS where it names a unit's object"
    written = {r.pattern.name for r in ROUTES if not isinstance(r.pattern.pattern, RoutePattern)}
    assert written == WRITTEN.keys()


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"/{route.address}")
@pytest.mark.parametrize("name", VIEWERS)
def test_who_gets_in(route: Route, name: str, city: City):
    who = asker(name, city)
    answered = set()
    for method in ("get", "post"):
        for is_own in (True, False) if route.has_object else (True,):
            place = city.own if is_own else city.foreign
            got = ask(route, who, method, place, by_token=bool(BY_TOKEN.match(route.address)))
            answered.add(method) if outcome(got) != NOT_SO else None
            judge(route, name, got, is_own=is_own)
            if is_own and VIEWERS[name].get(route.permission) is not Scope.CITY:
                assert city.foreign.unit.code not in told(got), "tells of a foreign unit"
    assert answered, "answers neither GET nor POST"


@pytest.mark.parametrize("route", ROUTES, ids=lambda route: f"/{route.address}")
def test_the_other_proof_opens_nothing(route: Route, city: City):
    who = asker(Role.ADMINISTRATOR, city)
    if route.permission in ACCOUNTLESS:
        return
    got = ask(route, who, "get", city.own, by_token=not BY_TOKEN.match(route.address))
    assert outcome(got) in (WHO, NOT_SO)


def ask(route: Route, who: Asker, method: str, place: Place, *, by_token: bool) -> Any:
    return getattr(who.client(by_token=by_token), method)(route.at(place))


def judge(route: Route, name: str, got: HttpResponse, *, is_own: bool) -> None:
    """Hold an answer against the rules; a method that a route does not know says nothing."""
    found = outcome(got)
    assert found != BROKEN
    if found == NOT_SO:
        return
    if route.permission is Permission.PUBLIC:
        assert found not in (WHO, NO)
    elif route.permission is not Permission.TERMINAL:
        wanted = expected(name, route.permission, is_own=is_own, has_object=route.has_object)
        assert found == wanted, f"{name}: {found}, by the rules {wanted}"


def message_of(place: Place) -> int:
    """Return the number of the unit's message, kept for the first time it is asked for."""
    body = json.dumps({"deviceId": "0" * 32, "enterpriseCode": place.unit.code, "data": []})
    packed = bodies.pack(body.encode())
    message, _ = Message.objects.get_or_create(
        unit_id=place.unit.id,
        defaults={
            "recorded_at": two_districts.SINCE,
            "sequence": place.unit.id,
            "channel": 1,
            "dictionary": packed.dictionary,
            "sha256": hashlib.sha256(body.encode()).digest(),
            "body": packed.body,
        },
    )
    return int(message.sequence)


def package_of(place: Place) -> int:
    """Return the unit's package of forms, not made yet."""
    package = Package.objects.filter(unit_id=place.unit.id).first()
    if package is None:
        begun = Progress.objects.create(kind="test", total=1, started_at=two_districts.SINCE)
        package = Package.objects.create(
            unit_id=place.unit.id, stood_on=two_districts.SINCE.date(), year=2025,
            asked_at=two_districts.SINCE, progress=begun,
        )  # fmt: skip
    return package.pk


def imported_of() -> int:
    """Return a list brought by the account made last: the one that asks."""
    last = Account.objects.order_by("-id").values_list("id", flat=True).first()
    return imports.receive(
        kind="units", name="a.csv", body="统一社会信用代码,单位名称\n".encode(), by=last,
        at=two_districts.SINCE,
    ).pk  # fmt: skip


def proof_of(place: Place) -> int:
    """Return the file that shows that the unit is suspended."""
    standstill = Business.objects.filter(unit_id=place.unit.id).first()
    if standstill is None:
        since = two_districts.SINCE
        proof = files.keep(
            name="a.pdf", body=b"%PDF", media_type="application/pdf", by=None, at=since
        )
        standstill = Business.objects.create(
            unit_id=place.unit.id, state="SUSPENDED", proof_id=proof.id, valid_from=since,
            recorded_at=since,
        )  # fmt: skip
    return int(standstill.proof_id or 0)


def event_of(place: Place) -> int:
    """Return the day on which the unit took its name."""
    party = Party.objects.filter(unit_id=place.unit.id).first()
    if party is None:
        since = two_districts.SINCE
        event = Event.objects.create(kind="RENAME", happened_on=since.date(), recorded_at=since)
        party = Party.objects.create(event=event, unit_id=place.unit.id, side="AFTER")
    return int(party.event_id)


def told(got: HttpResponse) -> str:
    """Return what an answer says."""
    body = b"".join(got.streaming_content) if got.streaming else got.content
    return body.decode(errors="replace") + str(got.headers)
