"""Declare what is to change in the unit's ledger, and declare again what came back."""

from abc import abstractmethod
from typing import Any, ClassVar

from django.shortcuts import resolve_url
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from hengneng.kernel import clock
from hengneng.registry.bodies import queries as bodies
from hengneng.registry.declarations import operations as declarations
from hengneng.registry.declarations.queries import DeclarationRow
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts import declared, marks, tags
from hengneng.web.portal import asked
from hengneng.web.portal.declaration_forms import (
    FORMS,
    DeclarationForm,
    There,
    initial_of,
    named,
)
from hengneng.web.portal.own import Aim, OwnForm
from hengneng.web.portal.views.declarations import declaration_of
from hengneng.web.portal.views.points import point_of

WAITS = gettext_lazy(
    "Your district confirms it or sends it back with a reason. Until then nothing of it counts;"
    " once confirmed it holds from that day, and the days since are worked out again."
)


class _Declaring(OwnForm):
    """A form by which a unit declares."""

    chapter = "portal-declarations"
    anticipated = declared.REFUSED
    advice: ClassVar[Any] = ""

    @abstractmethod
    def kind_now(self) -> str:
        """Return the kind of what is declared."""

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field, where the form has it."""
        field = declared.BESIDE.get(type(error))
        return field if field in FORMS[self.kind_now()].base_fields else None

    def there(self, unit: UnitRow, *, but: str = "") -> There:
        """Return what can be named, without the point itself."""
        return There(
            site=named(units.sites_of(unit.id)),
            parent=[one for one in named(points.points_of(unit.id)) if one[0] != but],
            feeds=named(equipment.consumers_of(unit.id)),
            district=[("", _("choose")), *((r.code, tags.name(r)) for r in bodies.districts())],
        )

    def told(self, form: DeclarationForm) -> dict[str, Any]:
        """Return what an operation takes of the form, and who acts."""
        return {
            "content": form.content(),
            "proof": form.document(),
            "person_name": form.person_name(),
            "by": self.viewer.account_id,
            "at": clock.now(),
        }


class Declare(_Declaring):
    """Declare something for the first time."""

    kind: ClassVar[str]

    def kind_now(self) -> str:
        """Return the kind of what is declared."""
        return self.kind

    def aim(self) -> Aim:
        """Return what the form is for."""
        advice = (self.advice, WAITS) if self.advice else (WAITS,)
        return Aim(marks.DECLARED[self.kind], pgettext("declare", "Declare"), advice)

    def form(self) -> DeclarationForm:
        """Return the form, begun with what is on record."""
        unit = self.unit
        known = self.begun()
        return FORMS[self.kind](
            *self.sent(),
            there=self.there(unit),
            known=known,
            initial=known | {"valid_from": asked.today()},
        )

    def begun(self) -> dict[str, Any]:
        """Return what the form begins with."""
        return {}

    def act(self, form: Any) -> Any:
        """Declare it."""
        declarations.declare(unit_id=self.unit.id, **self.told(form))
        return _("It is declared; your district confirms it or sends it back.")


class DeclareNewPoint(Declare):
    """A point that the ledger does not hold yet."""

    kind = "NEW_POINT"
    advice = gettext_lazy(
        "Data that your device already sends of it are kept and will count from its first day."
    )


class DeclarePoint(Declare):
    """A point is otherwise from a day on."""

    kind = "POINT"
    advice = gettext_lazy(
        "Write how the point is from that day on; what stays the same you leave as it stands."
        " Exchanged meters and other ratios are told under “Changes”."
    )

    def point(self) -> PointRow:
        """Return the point."""
        return point_of(self.viewer, self.unit, self.kwargs["point_id"])

    def aim(self) -> Aim:
        """Return what the form is for, and of which point."""
        point = self.point()
        return super().aim()._replace(subject=f"{point.code} {point.name}")

    def form(self) -> DeclarationForm:
        """Return the form, begun with how the point is now."""
        unit, point = self.unit, self.point()
        known = as_it_is(unit, point)
        return FORMS[self.kind](
            *self.sent(),
            there=self.there(unit, but=point.code),
            point=point.code,
            known=known,
            initial=known | {"valid_from": asked.today()},
        )

    def leads_to(self) -> str:
        """Return to the declarations once it is declared, to the point otherwise."""
        code = self.kwargs["code"]
        if self.request.method == "POST":
            return resolve_url(self.chapter, code)
        return resolve_url("portal-point", code, self.kwargs["point_id"])


class DeclareHeatValue(Declare):
    """What a fuel was measured to give."""

    kind = "HEAT_VALUE"
    advice = gettext_lazy(
        "A measured value goes before every table's, for the months you state; its test report is"
        " brought along."
    )

    def begun(self) -> dict[str, Any]:
        """Begin with the fuel that a link names."""
        return {"energy_type": self.request.GET.get("energy_type", "")}


class DeclareParticulars(Declare):
    """Industry, supervising department, address."""

    kind = "PARTICULARS"

    def begun(self) -> dict[str, Any]:
        """Begin with what is on record now."""
        said = units.particulars_of(self.unit.id, whole=False)
        return (
            said._asdict() if said else {"address": self.unit.address, "sector": self.unit.sector}
        )


class DeclareLegalPerson(Declare):
    """Another legal person."""

    kind = "LEGAL_PERSON"
    advice = gettext_lazy(
        "The name is kept sealed, also while it waits. No document is taken with it, because that"
        " would show the name."
    )


class DeclareFacility(Declare):
    """What the unit runs."""

    kind = "FACILITY"


class DeclareSite(Declare):
    """Where a site lies."""

    kind = "SITE"

    def begun(self) -> dict[str, Any]:
        """Begin with the site that a link names."""
        for row in units.sites_of(self.unit.id):
            if row.code == self.request.GET.get("site"):
                return row._asdict() | {"site_code": row.code, "district": row.district_id}
        return {}


class DeclareStanding(Declare):
    """Whether the unit works."""

    kind = "STANDING"


class DeclareAgain(_Declaring):
    """Declare what came back once more, mended."""

    def row(self) -> DeclarationRow:
        """Return the declaration."""
        return declaration_of(self, self.unit, self.kwargs["declaration_id"])

    def kind_now(self) -> str:
        """Return the kind of what is declared."""
        return self.row().kind

    def aim(self) -> Aim:
        """Return what the form is for, and why it came back."""
        row = self.row()
        why = _("Sent back: %(reason)s") % {"reason": row.reason}
        about = declared.subject(row, declared.names())
        return Aim(
            marks.DECLARED[row.kind], _("Declare again"), (why,) if row.reason else (), about
        )

    def form(self) -> DeclarationForm:
        """Return the form, filled in with what was declared over what is on record."""
        row, unit = self.row(), self.unit
        known = self.on_record(unit, row)
        more: dict[str, Any] = {"is_told": True} if row.kind == "LEGAL_PERSON" else {}
        return FORMS[row.kind](
            *self.sent(),
            there=self.there(unit, but=row.subject if row.kind == "POINT" else ""),
            point=row.subject if row.kind == "POINT" else "",
            is_kept=row.proof_id is not None,
            known=known,
            initial=known | given(row),
            **more,
        )

    def on_record(self, unit: UnitRow, row: DeclarationRow) -> dict[str, Any]:
        """Return how the thing stands now, for the fields of which nothing was declared."""
        if row.kind == "PARTICULARS":
            said = units.particulars_of(unit.id, whole=False)
            return said._asdict() if said else {}
        if row.kind != "POINT":
            return {}
        there = points.points_of(unit.id)
        return next((as_it_is(unit, one) for one in there if one.code == row.subject), {})

    def act(self, form: Any) -> Any:
        """Declare it again."""
        declarations.declare_again(declaration_id=self.row().id, **self.told(form))
        return _("It is declared again; your district confirms it or sends it back.")

    def leads_to(self) -> str:
        """Return to the declaration."""
        code, declaration_id = self.kwargs["code"], self.kwargs["declaration_id"]
        return resolve_url("portal-declaration", code, declaration_id)


def as_it_is(unit: UnitRow, point: PointRow) -> dict[str, Any]:
    """Return a point as it stands now, what it refers to by code."""
    codes = {row.id: row.code for row in points.points_of(unit.id)}
    return point._asdict() | {
        "site": point.site_code,
        "parent": codes.get(point.parent_id or 0),
        "feeds": point.feeds_code,
    }


def given(row: DeclarationRow) -> dict[str, Any]:
    """Return what was declared as the form begins with it, without what was not said."""
    return {name: value for name, value in initial_of(row.content).items() if value is not None}
