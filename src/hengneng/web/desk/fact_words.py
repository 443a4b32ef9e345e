"""Facts of the registry in words: what kind they are, what each field says."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from hengneng.registry.bodies import queries as bodies
from hengneng.registry.energy.queries import EnergyTypeRow
from hengneng.web.parts import marks, tags

KINDS = {
    "NAMING": gettext_lazy("Name of the unit"),
    "PARTICULARS": gettext_lazy("Particulars of the unit"),
    "BUSINESS": gettext_lazy("Whether the unit works"),
    "FACILITY": gettext_lazy("Facility of the unit"),
    "CONSUMPTION_LEVEL": gettext_lazy("Stated consumption of the year"),
    "PLACEMENT": gettext_lazy("District of the site"),
    "DESCRIPTION": gettext_lazy("Description of the point"),
    "SOURCE": gettext_lazy("What feeds the point"),
    "CONSUMER": pgettext_lazy("fact", "Sub-unit or equipment"),
    "DEMAND": gettext_lazy("Demand of a sub-unit or equipment"),
    "INSTALLATION": gettext_lazy("Place of the instrument"),
    "EXCHANGE": gettext_lazy("Exchange of the instrument"),
    "STATUS": gettext_lazy("Condition of the instrument"),
    "CERTIFICATE": gettext_lazy("Certificate of the instrument"),
    "HEAT_VALUE": gettext_lazy("Measured heat value"),
    "STOCK_TAKING": gettext_lazy("Stock of a fuel"),
    "PURCHASE": gettext_lazy("Purchase of a fuel"),
}
FIELDS = {
    "district_id": gettext_lazy("District"),
    "name": gettext_lazy("Name"),
    "energy_type_id": gettext_lazy("Energy type"),
    "level": gettext_lazy("Level"),
    "flow": gettext_lazy("Flow"),
    "kind": gettext_lazy("Kind"),
    "consumer": pgettext_lazy("sort", "Kind"),
    "slot_seconds": gettext_lazy("Slot length"),
    "site__code": gettext_lazy("Site"),
    "parent__code": gettext_lazy("Point above"),
    "feeds__code": gettext_lazy("Meters the consumption of"),
    "capacity": gettext_lazy("Highest reading"),
    "ratio": gettext_lazy("Ratio"),
    "key": gettext_lazy("Fed by"),
    "point__code": gettext_lazy("Point"),
    "before_value": gettext_lazy("Old register at the end"),
    "after_value": gettext_lazy("New register at the start"),
    "condition": gettext_lazy("Condition"),
    "number": gettext_lazy("Number"),
    "result": gettext_lazy("Result"),
    "accuracy_class": gettext_lazy("Accuracy class"),
    "due_on": gettext_lazy("Due on"),
    "model": gettext_lazy("Model"),
    "place": gettext_lazy("Place"),
    "belongs_to": gettext_lazy("Belongs to"),
    "metered_with__code": gettext_lazy("Metered with"),
    "measure": gettext_lazy("Unit of measure"),
    "amount": gettext_lazy("Amount"),
    "heat_value_kj": gettext_lazy("Lower heating value"),
    "report": gettext_lazy("Number of the test report"),
    "laboratory": gettext_lazy("Laboratory"),
    "determined_by": gettext_lazy("How it was determined"),
    "paper": gettext_lazy("Invoice or delivery note"),
    "supplier": gettext_lazy("Supplier"),
    "name_en": gettext_lazy("English name"),
    "sector": gettext_lazy("Sector"),
    "address": gettext_lazy("Address"),
    "industry_code": gettext_lazy("Industry code (GB/T 4754)"),
    "industry_name": gettext_lazy("Industry"),
    "department": gettext_lazy("Supervising department"),
    "state": gettext_lazy("Works"),
    "reason": gettext_lazy("Reason"),
    "facility": gettext_lazy("Facility"),
    "tce": gettext_lazy("Overall consumption (tce)"),
    "source": gettext_lazy("Stated by"),
    "verified": gettext_lazy("Compared with its source"),
}
WORDS: dict[str, Mapping[Any, Any]] = {
    "level": marks.LEVELS,
    "flow": marks.FLOWS,
    "kind": marks.KINDS,
    "consumer": marks.CONSUMERS,
    "condition": marks.CONDITIONS,
    "result": marks.RESULTS,
    "determined_by": marks.DETERMINATIONS,
    "facility": marks.FACILITIES,
    "state": {code: standing.word for code, standing in marks.BUSINESS.items()},
    "verified": {True: gettext_lazy("yes"), False: gettext_lazy("no")},
}


NAMED = {"district_id", "energy_type_id"}


def in_words(said: Mapping[str, Any], names: Mapping[str, str]) -> list[tuple[Any, str]]:
    """Return each field with what it says; what is not said is left out."""
    return [
        (FIELDS[field], _value(field, value, names))
        for field, value in said.items()
        if value not in (None, "")
    ]


def names(types: Mapping[str, EnergyTypeRow]) -> dict[str, str]:
    """Return the names of districts and energy types by code, in the reader's language."""
    districts = {row.code: tags.name(row) for row in bodies.districts()}
    return districts | {code: tags.name(row) for code, row in types.items()}


def _value(field: str, value: Any, names: Mapping[str, str]) -> str:
    """Return one value in words."""
    if field in NAMED:
        return names.get(value, value)
    if field in WORDS:
        return str(WORDS[field][value])
    if field == "key":
        return tags.source(value)
    if field == "slot_seconds":
        return _("%(minutes)s minutes") % {"minutes": tags.minutes(value)}
    return tags.exact(value) if isinstance(value, Decimal) else str(value)
