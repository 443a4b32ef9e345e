"""How a unit is equipped: rates by energy type and level, accuracy, and what makes them so."""

from collections import Counter
from typing import Any, NamedTuple

from django.utils.translation import get_language
from django.utils.translation import gettext as _

from hengneng.kernel.policy.rules import Permission
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.equipment.rules.editions import Limit
from hengneng.registry.equipping import queries as equipping
from hengneng.registry.equipping.queries import AccuracyCheck, Equipping, Requirement
from hengneng.web.desk.views.unit.base import File, Look
from hengneng.web.desk.views.unit.standing import LedgerTab, Stood
from hengneng.web.parts import marks, tags

_INDICATOR = "INDICATOR"  # output, value added …: a figure, no energy


class Tally(NamedTuple):
    """How many checks say the same."""

    verdict: str
    checks: int


class EquippingTab(LedgerTab):
    """The tab; ``?rules=`` judges by another edition, ``?verdict=`` leaves some accuracy checks."""

    template = "desk/unit/equipping.html"
    tab = "unit-equipping"

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the requirements, the accuracy of each instrument, and the edition's standing."""
        editions = equipment.rule_sets(as_of=stood.as_of)
        wanted = look.query.get("rules", "")
        named = wanted if wanted in {one.edition for one in editions} else ""
        found = equipping.equipping_of(
            look.unit.id, at=stood.at, as_of=stood.as_of, edition=named or None
        )
        verdict = look.query.get("verdict", "")
        checks = [one for one in found.checks if verdict in ("", one.verdict)]
        return {
            "found": found,
            "may_read": self.viewer.may(Permission.VIEW_READINGS),
            "editions": editions,
            "wanted_edition": named,
            "is_other_edition": bool(named) and not _is_in_force(found),
            "verdict": verdict if verdict in marks.VERDICTS else "",
            "requirement_tally": _tally(one.verdict for one in found.requirements),
            "check_tally": _tally(one.verdict for one in found.checks),
            "checks": [(one, limits_in_words(one.limits)) for one in checks],
        }

    def context(self) -> dict[str, Any]:
        """Return the tab without what is measured and is no energy."""
        context = super().context()
        energies = {code for code, row in context["types"].items() if row.kind != _INDICATOR}
        found: Equipping = context["found"]
        context["requirements"] = [r for r in found.requirements if r.energy_type_id in energies]
        return context

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return the rates and the accuracy checks."""
        types = context["types"]
        return {
            "": File(
                "equipping-rates",
                (
                    _("Energy type"),
                    _("Level"),
                    _("Required rate"),
                    _("Needed"),
                    _("In place"),
                    _("Rate"),
                    _("Verdict"),
                    _("Why"),
                    _("Certificates"),
                    _("Clause"),
                    _("Checked against the text"),
                ),
                [_rate_cells(one, types) for one in context["requirements"]],
            ),
            "accuracy": File(
                "accuracy",
                (
                    _("Energy type"),
                    _("Level"),
                    _("Point"),
                    _("Instrument"),
                    _("Class asked for"),
                    _("Class held"),
                    _("Certificate"),
                    _("Verdict"),
                    _("Why"),
                ),
                [_check_cells(one, limits, types) for one, limits in context["checks"]],
            ),
        }


def limits_in_words(limits: tuple[Limit, ...]) -> list[str]:
    """Return each limit with its condition in the reader's language."""
    english = get_language() == "en"
    said = _("%(worst)s (%(when)s)")
    conditions = [(one.condition if english else one.condition_zh, one.worst) for one in limits]
    return [said % {"worst": worst, "when": when} if when else worst for when, worst in conditions]


def _is_in_force(found: Equipping) -> bool:
    """Answer whether the edition that judged was in force on the day."""
    return found.rule_set is not None and found.rule_set.is_in_force(found.day)


def _tally(verdicts: Any) -> list[Tally]:
    """Return how many say what, in the order of ``marks.VERDICTS``, as far as any does."""
    counted = Counter(map(str, verdicts))
    return [Tally(name, counted[name]) for name in marks.VERDICTS if counted[name]]


def _rate_cells(one: Requirement, types: dict[str, Any]) -> tuple[Any, ...]:
    return (
        tags.name(types[one.energy_type_id]),
        str(marks.LEVELS[one.level]),
        tags.percent(one.required),
        one.need,
        one.have,
        tags.share(one.have, one.need),
        str(marks.VERDICTS[one.verdict].word),
        str(marks.BECAUSE[one.because]),
        str(marks.BECAUSE[one.in_date_because]),
        tags.cited(one.clause),
        _("yes") if one.verified else _("no"),
    )


def _check_cells(one: AccuracyCheck, limits: list[str], types: dict[str, Any]) -> tuple[Any, ...]:
    return (
        tags.name(types[one.energy_type_id]),
        str(marks.LEVELS[one.level]),
        one.point_code,
        one.number,
        _("; ").join(limits),
        one.held,
        one.certificate,
        str(marks.VERDICTS[one.verdict].word),
        str(marks.BECAUSE[one.because]),
    )
