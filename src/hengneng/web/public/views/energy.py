"""Energy types, media and indicators, what makes coal of them, the balance, as loaded."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from decimal import Decimal
from typing import Any, NamedTuple

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
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


class Compared(NamedTuple):
    """A type's factor in two editions.

    Attributes:
        type: The energy type.
        one: Its factor in the first; None: the edition gives none.
        other: In the second.
        change: How much more the second is, as a share of the first; None where one is lacking.
    """

    type: EnergyTypeRow
    one: FactorRow | None
    other: FactorRow | None
    change: Decimal | None


class Energy(PageView):
    """Every energy type, its factors today, and the balance."""

    permission = Permission.PUBLIC
    template = "public/energy.html"

    def context(self) -> dict[str, Any]:
        """Return types, factors and weights with their standing."""
        today = timezone.localdate(clock.now())
        types = energy.energy_types()
        lines = _lines([row for row in types if row.kind != energy.INDICATOR], today)
        in_force = [f for line in lines for f in _factors_of(line)]
        return {
            "lines": lines,
            "kinds": _by_kind(lines),
            "indicators": [row for row in types if row.kind == energy.INDICATOR],
            "in_force": len(in_force),
            "unchecked": sum(1 for factor in in_force if not factor.verified),
            "disputed": sum(1 for factor in in_force if factor.rivals),
            "coal_heats": energy.coal_heats(),
            "editions": editions(energy.weights(), today),
            "may_load": self.viewer.may(Permission.LOAD_RULES),
            "today": today,
        }


class OneType(PageView):
    """One energy type: every factor of it that is believed."""

    permission = Permission.PUBLIC
    template = "public/energy_type.html"

    def context(self) -> dict[str, Any]:
        """Return the type and its factors, the latest edition first.

        Raises:
            Http404: If there is no such type.
        """
        code = self.kwargs["energy_type"]
        row = next((row for row in energy.energy_types() if row.code == code), None)
        if row is None:
            raise Http404(code)
        today = timezone.localdate(clock.now())
        now = {energy.factor_on(code, basis, today) for basis in BASES}
        of_type = [factor for factor in energy.factors() if factor.energy_type_id == code]
        of_type.sort(key=lambda factor: (factor.valid_from, factor.basis), reverse=True)
        return {
            "type": row,
            "factors": [(factor, factor in now) for factor in of_type],
            "may_load": self.viewer.may(Permission.LOAD_RULES),
        }


class Compare(PageView):
    """Two editions side by side: what each gives for every type that either has."""

    permission = Permission.PUBLIC
    template = "public/energy_compare.html"

    def context(self) -> dict[str, Any]:
        """Return the two editions; without a choice the two that hold the most."""
        listed = energy.editions()
        names = [row.edition for row in listed]
        usual = [row.edition for row in sorted(listed, key=lambda row: -row.factors)[:2]]
        usual.sort(key=names.index, reverse=True)
        asked = [self.request.GET.get(word, "") for word in ("one", "other")]
        chosen = [name if name in names else "" for name in asked]
        one, other = (
            name or default for name, default in zip(chosen, [*usual, "", ""], strict=False)
        )
        rows = compared(energy.factors(), energy.energy_types(), one, other) if names else []
        return {
            "listed": listed,
            "one": one,
            "other": other,
            "rows": rows,
            "differing": sum(1 for row in rows if row.change != 0),
            "is_unknown": any(asked) and not all(chosen),
        }


class FactorDocument(FrontView):
    """The document that a value of the city's own stands on, always to be saved."""

    permission = Permission.PUBLIC

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the document.

        Raises:
            Http404: If there is no such value that is believed, or it has no document.
        """
        row = next((row for row in energy.factors() if row.id == kwargs["factor_id"]), None)
        if row is None or row.document_id is None:
            raise Http404(str(kwargs["factor_id"]))
        kept = files.kept([row.document_id])[row.document_id]
        response = HttpResponse(files.read(kept.id), content_type=kept.media_type)
        response["Content-Disposition"] = content_disposition_header(True, kept.name)
        return response


class FactorsFile(FrontView):
    """Every factor that is believed, as a file."""

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
            _("Lowest of the range"),
            _("Highest of the range"),
            _("Other sources give"),
            _("Heat value, kJ per unit of measure"),
            _("Whose"),
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
        factor.lowest,
        factor.highest,
        " / ".join(tags.exact(rival) for rival in factor.rivals),
        factor.heat_value_kj,
        str(marks.FACTOR_SCOPES[factor.scope]),
        tags.cited(factor.edition),
        tags.cited(factor.clause),
        factor.valid_from,
        factor.valid_until,
        tags.cited(factor.citation),
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


def compared(
    factors: Iterable[FactorRow], types: Sequence[EnergyTypeRow], one: str, other: str
) -> list[Compared]:
    """Return the types that either edition gives a factor of, with both factors.

    Of several factors of one edition and type the calorific one, and of those the latest.
    """
    ranked = sorted(factors, key=lambda row: (row.basis == BASES[0], row.valid_from))
    by_edition: dict[str, dict[str, FactorRow]] = {one: {}, other: {}}
    for row in ranked:
        if row.edition in by_edition:
            by_edition[row.edition][row.energy_type_id] = row
    pairs = ((t, by_edition[one].get(t.code), by_edition[other].get(t.code)) for t in types)
    return [Compared(t, a, b, _change(a, b)) for t, a, b in pairs if a or b]


def _change(one: FactorRow | None, other: FactorRow | None) -> Decimal | None:
    """Return how much more the second is, as a share of the first."""
    if one is None or other is None or not one.kgce_per_uom:
        return None
    return other.kgce_per_uom / one.kgce_per_uom - 1


def _lines(types: Iterable[EnergyTypeRow], today: date) -> list[TypeLine]:
    calorific, equivalent = (energy.factors_on(basis, today) for basis in BASES)
    return [TypeLine(row, calorific.get(row.code), equivalent.get(row.code)) for row in types]


def _by_kind(lines: Iterable[TypeLine]) -> list[tuple[str, list[TypeLine]]]:
    """Return energy first, then media."""
    found: Mapping[str, list[TypeLine]] = {"ENERGY": [], "MEDIUM": []}
    for line in lines:
        found[line.type.kind].append(line)
    return [(kind, some) for kind, some in found.items() if some]


def _factors_of(line: TypeLine) -> set[FactorRow]:
    """Return the factors of a type in force, one that serves both bases once."""
    return {factor for factor in (line.calorific, line.equivalent) if factor}
