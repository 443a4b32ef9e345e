"""Energy types, the factors that make coal of them, the balance: as loaded, with their standing."""

from datetime import date
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.queries import EnergyTypeRow, FactorRow, WeightRow
from hengneng.web.parts import exports, marks, tags
from hengneng.web.parts.views import FrontView, PageView

BASES = ("CALORIFIC", "EQUIVALENT")


class TypeLine(NamedTuple):
    """An energy type with what turns it into coal today; None where nothing is known."""

    type: EnergyTypeRow
    calorific: FactorRow | None
    equivalent: FactorRow | None


class Edition(NamedTuple):
    """The balance of one edition."""

    edition: str
    clause: str
    valid_from: date
    valid_until: date | None
    is_now: bool
    weights: list[WeightRow]


class Energy(PageView):
    """Every energy type, its factors today, and the balance."""

    permission = Permission.PUBLIC
    template = "public/energy.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return types, factors and weights with their standing."""
        today = timezone.localdate(clock.now())
        calorific, equivalent = (energy.factors_on(basis, today) for basis in BASES)
        lines = [
            TypeLine(row, calorific.get(row.code), equivalent.get(row.code))
            for row in energy.energy_types()
        ]
        in_force = [f for line in lines for f in (line.calorific, line.equivalent) if f]
        return {
            "lines": lines,
            "in_force": len(in_force),
            "unchecked": sum(1 for factor in in_force if not factor.verified),
            "editions": editions(energy.weights(), today),
            "may_load": self.viewer.may(Permission.LOAD_RULES),
            "today": today,
        }


class OneType(PageView):
    """One energy type: every factor of it that was ever loaded."""

    permission = Permission.PUBLIC
    template = "public/energy_type.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the type and its factors, the latest edition first.

        Raises:
            Http404: If there is no such type.
        """
        code = kwargs["energy_type"]
        row = next((row for row in energy.energy_types() if row.code == code), None)
        if row is None:
            raise Http404(code)
        today = timezone.localdate(clock.now())
        now = {energy.factor_on(code, basis, today) for basis in BASES}
        of_type = [factor for factor in energy.factors() if factor.energy_type_id == code]
        of_type.sort(key=lambda factor: (factor.valid_from, factor.basis), reverse=True)
        return {"type": row, "factors": [(factor, factor in now) for factor in of_type]}


class FactorsFile(FrontView):
    """Every factor ever loaded, as a file."""

    permission = Permission.PUBLIC

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format.
        """
        kind = exports.asked_format(request)
        types = {row.code: row for row in energy.energy_types()}
        head = (
            _("Energy type"),
            _("Unit of measure"),
            _("Basis"),
            _("kgce per unit of measure"),
            _("Edition"),
            _("Clause"),
            _("In force from"),
            _("Until, exclusive"),
            _("Source"),
            _("Checked against the text"),
        )
        rows = [cells(factor, types[factor.energy_type_id]) for factor in energy.factors()]
        return exports.exported(kind, name="factors", head=head, rows=rows)


def cells(factor: FactorRow, of: EnergyTypeRow) -> tuple[Any, ...]:
    """Return a factor's row of the file."""
    return (
        tags.name(of),
        tags.measure(of.uom),
        str(marks.COAL_BASES[factor.basis]),
        factor.kgce_per_uom,
        factor.edition,
        factor.clause,
        factor.valid_from,
        factor.valid_until,
        factor.citation,
        _("yes") if factor.verified else _("no"),
    )


def editions(weights: list[WeightRow], today: date) -> list[Edition]:
    """Return the weights by edition, in their order."""
    found: dict[tuple[str, date], list[WeightRow]] = {}
    for row in weights:
        found.setdefault((row.edition, row.valid_from), []).append(row)
    return [
        Edition(
            first.edition,
            first.clause,
            first.valid_from,
            first.valid_until,
            first.valid_from <= today and (first.valid_until is None or first.valid_until > today),
            rows,
        )
        for rows in found.values()
        for first in rows[:1]
    ]
