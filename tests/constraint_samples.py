"""Rows for each constraint: two rivals of an exclusion, one thing wrong for a check."""

from collections.abc import Callable
from datetime import UTC, date, datetime
from typing import Any, NamedTuple

from django.db import models

from hengneng.kernel.files.models import KeptFile
from hengneng.kernel.imports.models import Outcome, Profile, Run
from hengneng.kernel.jobs.models import Progress
from hengneng.kernel.personal.models import Person
from hengneng.people.accounts.models import Account, Membership
from hengneng.programme.notices.models import Notice
from hengneng.registry.bodies.models import Body, District
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.energy.models import CoalHeat, EnergyType, Factor
from hengneng.registry.equipment.models import Consumer, Demand
from hengneng.registry.equipment.models import Particulars as ConsumerParticulars
from hengneng.registry.fuels.models import HeatValue, Purchase, StockTaking
from hengneng.registry.instruments.models import (
    Certificate,
    ChangeNotice,
    Installation,
    Instrument,
    InstrumentProposal,
    Status,
)
from hengneng.registry.points.models import Description, Point, Proposal, Source
from hengneng.registry.terminals.models import Terminal
from hengneng.registry.units.models import (
    Business,
    ConsumptionLevel,
    Contact,
    Facility,
    Naming,
    Placement,
    Site,
    Unit,
)
from hengneng.registry.units.models import Particulars as UnitParticulars
from hengneng.reporting.ledgers.models import Package
from hengneng.telemetry.consumption.models import Profile as ConsumptionProfile

AT = datetime(2026, 11, 22, 8, tzinfo=UTC)
APRIL, MAY, JUNE = (datetime(2026, month, 1, tzinfo=UTC) for month in (4, 5, 6))
RULE = {
    "edition": "a test",
    "clause": "1",
    "valid_from": date(2026, 1, 1),
    "citation": "a test",
    "verified": False,
    "recorded_at": AT,
}


class Ledger(NamedTuple):
    """A unit with two of whatever may be mistaken for each other."""

    unit: Unit
    site: Site
    district: District
    person: Person
    file: KeptFile
    consumer: Consumer
    points: tuple[Point, Point]
    instruments: tuple[Instrument, Instrument]
    progress: Progress


def ledger() -> Ledger:
    """Make its rows."""
    unit = Unit.objects.create(code="91310000MA1FL00016", name="甲饭店", created_at=AT)
    EnergyType.objects.create(
        code="ELECTRICITY", name_zh="电力", name_en="", uom="kWh", class_code="02",
        variety_code="3300", citation="a test", verified=False,
    )  # fmt: skip
    return Ledger(
        unit=unit,
        site=Site.objects.create(unit=unit, code="1", name="1"),
        district=District.objects.create(
            code="310101", name_zh="黄浦区", name_en="", citation="a test", verified=False
        ),
        person=Person.objects.create(
            purpose="a test", fields=["NAME"], sealed=b"1", wrapped_key=b"1", master_id="1",
            held_since=AT,
        ),
        file=KeptFile.objects.create(
            sha256=bytes(32), name="a.pdf", size=1, media_type="application/pdf", kept_at=AT
        ),
        consumer=Consumer.objects.create(unit=unit, code="C"),
        points=(
            Point.objects.create(unit=unit, code="A"),
            Point.objects.create(unit=unit, code="B"),
        ),
        instruments=(
            Instrument.objects.create(unit=unit, number="A", name="电能表"),
            Instrument.objects.create(unit=unit, number="B", name="电能表"),
        ),
        progress=Progress.objects.create(kind="a test", total=1, started_at=AT),
    )  # fmt: skip


class Rivals(NamedTuple):
    """Two versions that one exclusion constraint, and no other, keeps apart."""

    model: type[models.Model]
    one: dict[str, Any]
    other: dict[str, Any]


def same(model: type[models.Model], **values: Any) -> Rivals:
    """Return two versions that say the same."""
    return Rivals(model, values, values)


def _described(there: Ledger) -> dict[str, Any]:
    return {
        "point": there.points[0], "name": "总表", "energy_type_id": "ELECTRICITY",
        "level": "LEVEL_1", "kind": "REGISTER",
    }  # fmt: skip


RIVALS: dict[str, Callable[[Ledger], Rivals]] = {
    "business_one_at_a_time": lambda x: same(Business, unit=x.unit, state="IN_BUSINESS"),
    "consumption_level_one_at_a_time": lambda x: same(
        ConsumptionLevel, unit=x.unit, year=2025, tce=1, source="a test", verified=False
    ),
    "contact_one_at_a_time": lambda x: same(
        Contact, unit=x.unit, person=x.person, role="GENERAL"
    ),
    "demand_one_at_a_time": lambda x: same(
        Demand, consumer=x.consumer, energy_type_id="ELECTRICITY", measure="kW", amount=1
    ),
    "description_one_at_a_time": lambda x: same(Description, **_described(x)),
    "facility_one_at_a_time": lambda x: same(Facility, unit=x.unit, kind="HOTEL"),
    "heat_value_one_at_a_time": lambda x: same(
        HeatValue, unit=x.unit, energy_type_id="ELECTRICITY", heat_value_kj=1, report="1",
        laboratory="1",
    ),
    "installation_one_instrument": lambda x: Rivals(
        Installation,
        {"instrument": x.instruments[0], "point": x.points[0]},
        {"instrument": x.instruments[0], "point": x.points[1]},
    ),
    "installation_one_point": lambda x: Rivals(
        Installation,
        {"instrument": x.instruments[0], "point": x.points[0]},
        {"instrument": x.instruments[1], "point": x.points[0]},
    ),
    "naming_one_at_a_time": lambda x: same(Naming, unit=x.unit, name="乙"),
    "particulars_one_at_a_time": lambda x: same(
        ConsumerParticulars, consumer=x.consumer, name="冷水机组", kind="EQUIPMENT"
    ),
    "placement_one_at_a_time": lambda x: same(Placement, site=x.site, district=x.district),
    "source_feeds_one_point": lambda x: Rivals(
        Source,
        {"unit": x.unit, "point": x.points[0], "key": "R:1:total"},
        {"unit": x.unit, "point": x.points[1], "key": "R:1:total"},
    ),
    "source_one_at_a_time": lambda x: Rivals(
        Source,
        {"unit": x.unit, "point": x.points[0], "key": "R:1:total"},
        {"unit": x.unit, "point": x.points[0], "key": "R:2:total"},
    ),
    "stock_taking_one_a_day": lambda x: same(
        StockTaking, unit=x.unit, energy_type_id="ELECTRICITY", amount=1, determined_by="WEIGHED"
    ),
    "status_one_at_a_time": lambda x: same(
        Status, instrument=x.instruments[0], condition="QUALIFIED"
    ),
    "unit_particulars_one_at_a_time": lambda x: same(UnitParticulars, unit=x.unit),
}  # fmt: skip


class Wrong(NamedTuple):
    """A row that is fine but for one thing, which one check refuses."""

    model: type[models.Model]
    fine: dict[str, Any]
    wrong: dict[str, Any]


def dated(model: type[models.Model], fine: dict[str, Any], **wrong: Any) -> Wrong:
    """Return a version that would hold from April on."""
    return Wrong(model, {"valid_from": APRIL, "recorded_at": AT} | fine, wrong)


def _factor(there: Ledger, **wrong: Any) -> Wrong:
    fine = {"energy_type_id": "ELECTRICITY", "basis": "CALORIFIC", "kgce_per_uom": 2}
    return Wrong(Factor, RULE | fine | {"lowest": 2, "highest": 2}, wrong)


def _certificate(there: Ledger, **wrong: Any) -> Wrong:
    fine = {
        "instrument": there.instruments[0], "kind": "VERIFICATION", "result": "QUALIFIED",
        "verified_on": date(2026, 4, 1), "due_on": date(2026, 4, 1), "ends_in": "VERIFY",
    }  # fmt: skip
    return dated(Certificate, fine, **wrong)


def _notice_of_change(there: Ledger, **wrong: Any) -> Wrong:
    fine = {
        "unit": there.unit, "kind": "STOP", "happened_at": AT, "said": {}, "state": "REPORTED",
        "due_on": AT.date(), "reported_at": AT,
    }  # fmt: skip
    return Wrong(ChangeNotice, fine, wrong)


def _proposal(model: type[models.Model], there: Ledger, **wrong: Any) -> Wrong:
    said = "configuration" if model is Proposal else "uploaded"
    fine = {"unit": there.unit, "key": "a", "name": "a", said: {}, "state": "PROPOSED"}
    return Wrong(model, fine | {"proposed_at": AT}, wrong)


def _declaration(there: Ledger, **wrong: Any) -> Wrong:
    fine = {
        "unit": there.unit, "kind": "FACILITY", "content": {}, "seen": {}, "state": "DECLARED",
        "declared_at": AT,
    }  # fmt: skip
    return Wrong(Declaration, fine, wrong)


def _terminal(there: Ledger, **wrong: Any) -> Wrong:
    fine = {"unit": there.unit, "state": "PENDING", "source_address": "192.0.2.7"}
    return Wrong(Terminal, fine | {"requested_at": AT, "asked_at": AT}, wrong)


def _notice(there: Ledger, **wrong: Any) -> Wrong:
    body = Body.objects.create(code="A", kind="INSTITUTE", name_zh="甲", name_en="")
    fine = {"title_zh": "通知", "text": "文", "issuer": body, "state": "DRAFT", "drafted_at": AT}
    return Wrong(Notice, fine, wrong)


def _consumer(there: Ledger, **wrong: Any) -> Wrong:
    fine = {"consumer": there.consumer, "name": "冷水机组", "kind": "EQUIPMENT"}
    return dated(ConsumerParticulars, fine, **wrong)


def _demand(there: Ledger, **wrong: Any) -> Wrong:
    fine = {"consumer": there.consumer, "energy_type_id": "ELECTRICITY", "measure": "kW"}
    return dated(Demand, fine | {"amount": 0}, **wrong)


def _progress(**wrong: Any) -> Wrong:
    return Wrong(Progress, {"kind": "a test", "total": 1, "done": 1, "started_at": AT}, wrong)


def _run(there: Ledger) -> dict[str, Any]:
    return {"kind": "units", "file": there.file, "brought_at": AT}


def _package(there: Ledger) -> dict[str, Any]:
    return {
        "unit": there.unit, "stood_on": AT.date(), "year": 2025, "asked_at": AT,
        "progress": there.progress,
    }  # fmt: skip


def _membership(there: Ledger) -> dict[str, Any]:
    account = Account.objects.create(name="a", password="!", created_at=AT)
    return {"account": account, "role": "ENERGY_MANAGER", "unit": there.unit, "since_at": AT}


WRONG: dict[str, Callable[[Ledger], Wrong]] = {
    "business_standstill_has_proof": lambda x: dated(
        Business, {"unit": x.unit, "state": "CLOSED", "proof": x.file}, proof=None
    ),
    "certificate_due_after_it_was_given": lambda x: _certificate(x, due_on=date(2026, 3, 31)),
    "certificate_last_is_believed": lambda x: _certificate(x, is_last=True, superseded_at=AT),
    "change_notice_decided_when_decided": lambda x: _notice_of_change(x, state="CONFIRMED"),
    "change_notice_sent_back_for_a_reason": lambda x: _notice_of_change(
        x, state="SENT_BACK", decided_at=AT
    ),
    "coal_heat_positive": lambda _: Wrong(
        CoalHeat, RULE | {"kj_per_kgce": 1}, {"kj_per_kgce": 0}
    ),
    "consumption_level_some": lambda x: dated(
        ConsumptionLevel,
        {"unit": x.unit, "year": 2025, "tce": 0, "source": "a test", "verified": False},
        tce=-1,
    ),
    "declaration_decided_when_decided": lambda x: _declaration(x, state="CONFIRMED"),
    "declaration_names_a_legal_person": lambda x: _declaration(x, kind="LEGAL_PERSON"),
    "declaration_sent_back_for_a_reason": lambda x: _declaration(
        x, state="SENT_BACK", decided_at=AT
    ),
    "demand_amount_not_negative": lambda x: _demand(x, amount=-1),
    "description_ratio_positive": lambda x: dated(Description, _described(x), ratio_numerator=0),
    "description_slot_divides_the_hour": lambda x: dated(
        Description, _described(x), slot_seconds=1200
    ),
    "factor_inside_its_range": lambda x: _factor(x, highest=1),
    "factor_of_the_city_has_a_document": lambda x: _factor(x, scope="LOCAL"),
    "heat_value_positive": lambda x: dated(
        HeatValue,
        {
            "unit": x.unit, "energy_type_id": "ELECTRICITY", "heat_value_kj": 1, "report": "1",
            "laboratory": "1",
        },
        heat_value_kj=0,
    ),
    "instrument_proposal_decided_when_decided": lambda x: _proposal(
        InstrumentProposal, x, decided_at=AT
    ),
    "membership_at_body_or_unit": lambda x: Wrong(Membership, _membership(x), {"unit": None}),
    "purchase_not_negative": lambda x: dated(
        Purchase,
        {
            "unit": x.unit, "energy_type_id": "ELECTRICITY", "paper": "1", "supplier": "1",
            "year": 2026, "amount": 0,
        },
        amount=-1,
    ),
    "stock_taking_not_negative": lambda x: dated(
        StockTaking,
        {
            "unit": x.unit, "energy_type_id": "ELECTRICITY", "determined_by": "WEIGHED",
            "amount": 0,
        },
        amount=-1,
    ),
    "notice_published_at_and_on": lambda x: _notice(
        x, state="WITHDRAWN", published_on=AT.date(), withdrawn_at=AT, withdrawn_because="a"
    ),
    "notice_state_and_publication_agree": lambda x: _notice(x, state="PUBLISHED"),
    "notice_withdrawn_with_a_reason": lambda x: _notice(x, state="WITHDRAWN", withdrawn_at=AT),
    "outcome_refused_says_why": lambda x: Wrong(
        Outcome,
        {"run": Run.objects.create(**_run(x)), "number": 1, "change": "NEW"},
        {"reason": "a"},
    ),
    "package_made_with_its_files": lambda x: Wrong(Package, _package(x), {"made_at": AT}),
    "particulars_not_its_own_parent": lambda x: _consumer(x, parent=x.consumer),
    "particulars_not_metered_with_itself": lambda x: _consumer(x, metered_with=x.consumer),
    "person_erased_has_no_key": lambda _: Wrong(
        Person,
        {
            "purpose": "a test", "fields": [], "sealed": b"1", "wrapped_key": b"1",
            "master_id": "1", "held_since": AT,
        },
        {"erased_at": AT},
    ),
    "profile_of_one_owner": lambda _: Wrong(
        Profile,
        {"kind": "units", "name": "a", "account_id": 1, "saved_at": AT},
        {"body_code": "REGULATOR"},
    ),
    "profile_one_width": lambda x: Wrong(
        ConsumptionProfile,
        {
            "unit_id": x.unit.id, "day": AT.date(), "point_id": x.points[0].id,
            "slot_seconds": 3600, "scale": 0, "values": [1], "marks": "M",
        },
        {"values": None},
    ),
    "progress_done_within_total": lambda _: _progress(done=2),
    "progress_failed_is_finished": lambda _: _progress(failed_reason="a"),
    "proposal_decided_when_decided": lambda x: _proposal(Proposal, x, decided_at=AT),
    "proposal_has_a_point_when_it_is_one": lambda x: _proposal(
        Proposal, x, state="MERGED", decided_at=AT
    ),
    "run_state_known": lambda x: Wrong(Run, _run(x), {"state": "A"}),
    "terminal_ended_for_a_reason": lambda x: _terminal(x, state="REVOKED"),
}  # fmt: skip
