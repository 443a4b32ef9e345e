"""A change of a meter for whoever decides on it: what is told, what is on record, what follows."""

from typing import Any, NamedTuple

from django.utils.translation import gettext_lazy as _

from hengneng.registry.instruments import queries as instruments
from hengneng.registry.instruments.queries import InstrumentRow, NoticeRow
from hengneng.registry.instruments.rules.changes import Said
from hengneng.registry.points import queries as points
from hengneng.registry.points.queries import PointRow

# How each field of what is told is called beside its value.
FIELDS = {
    "before_value": _("Old meter, last reading"),
    "after_value": _("New meter, first reading"),
    "ratio": _("New ratio"),
    "new_point_code": _("Point it stands at now"),
    "new_place": _("Place it stands at now"),
    "new_number": _("New meter, number in the unit's ledger"),
    "new_serial_number": _("New meter, maker's number"),
    "new_name": _("New meter, name"),
    "new_model": _("New meter, model"),
    "new_maker": _("New meter, maker"),
    "new_class": _("New meter, accuracy class"),
    "new_key": _("New meter, name in the data"),
    "remark": _("Remark"),
}
# What confirming brings about, by the kind of change.
FOLLOWS = {
    "EXCHANGE": _(
        "The new meter stands at the point from then on; the energy between the two registers is"
        " worked out anew. A meter that the ledger does not hold yet is entered."
    ),
    "RATIO": _("From then on every reading of the point counts by the new ratio."),
    "MOVE": _("The instrument stands there from then on, and its readings count for that point."),
    "STOP": _(
        "The instrument is out of use from then on and leaves its point, which nothing feeds any"
        " more."
    ),
}


class OnRecord(NamedTuple):
    """What the registry says of the time at which it changed.

    Attributes:
        point: The point, as described then; None: not about one, or not described then.
        instrument: The instrument that stood there, else the one that is named; None: none.
    """

    point: PointRow | None
    instrument: InstrumentRow | None


def told(said: Said) -> list[tuple[Any, str]]:
    """Return what is told as labels and values, without what is not said."""
    return [
        (FIELDS[field], str(value))
        for field, value in said._asdict().items()
        if value not in (None, "")
    ]


def on_record(row: NoticeRow) -> OnRecord:
    """Return what the registry says of the instant at which it changed, as believed now."""
    stood = instruments.instruments_of(row.unit_id, at=row.happened_at)
    named = next((one for one in stood if one.id == row.instrument_id), None)
    point_id = row.point_id or (named.point_id if named else None)
    described = points.points_of(row.unit_id, at=row.happened_at)
    point = next((one for one in described if one.id == point_id), None)
    there = next((one for one in stood if point and one.point_id == point.id), None)
    return OnRecord(point, named or there)
