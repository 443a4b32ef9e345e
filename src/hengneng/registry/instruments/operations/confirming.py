"""What a confirmed change does to the registry's facts, by its kind; parts of one operation."""

from collections.abc import Callable
from datetime import datetime
from typing import NamedTuple

from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import Instrument
from hengneng.registry.instruments.operations import exchanges, ledger, placing
from hengneng.registry.instruments.rules.changes import ChangeKind, IncompleteChange, Said
from hengneng.registry.instruments.rules.standing import Condition
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries


class _Confirmed(NamedTuple):
    """What is confirmed, by whom and when."""

    unit_id: int
    point_id: int | None
    instrument_id: int | None
    happened_at: datetime
    said: Said
    by: int | None
    at: datetime

    def point(self) -> int:
        """Return the point.

        Raises:
            IncompleteChange: If none is named.
        """
        if self.point_id is None:
            raise IncompleteChange("no point is named")
        return self.point_id

    def instrument(self) -> int:
        """Return the instrument.

        Raises:
            IncompleteChange: If none is named.
        """
        if self.instrument_id is None:
            raise IncompleteChange("no instrument is named")
        return self.instrument_id


def carry_out(
    *,
    kind: str,
    unit_id: int,
    point_id: int | None,
    instrument_id: int | None,
    happened_at: datetime,
    said: Said,
    by: int | None,
    at: datetime,
) -> None:
    """Say in the registry's facts what a unit told and an official confirmed.

    Args:
        kind: What changed.
        unit_id: The unit.
        point_id: The point.
        instrument_id: The instrument.
        happened_at: When. Aware.
        said: What is told.
        by: Account acting.
        at: When it is confirmed. Aware.

    Raises:
        IncompleteChange: If what the kind needs is not there.
    """
    told = _Confirmed(unit_id, point_id, instrument_id, happened_at, said, by, at)
    _BY_KIND[ChangeKind(kind)](told)


def _exchange(told: _Confirmed) -> None:
    """Another meter stands at the point, from between two readings on."""
    said = told.said
    if said.before_value is None or said.after_value is None:
        raise IncompleteChange("a register is missing")
    exchanges.exchange_instrument(
        point_id=told.point(),
        happened_at=told.happened_at,
        before_value=said.before_value,
        after_value=said.after_value,
        new_instrument_id=_new_instrument(told),
        new_key=said.new_key or None,
        by=told.by,
        at=told.at,
    )


def _new_instrument(told: _Confirmed) -> int | None:
    """Return the new meter, entered where the ledger does not hold it; None: none is named."""
    said = told.said
    if not said.new_number:
        return None
    known = queries.instrument_by_number(told.unit_id, said.new_number)
    if known is not None:
        return int(known.pk)
    old = Instrument.objects.filter(id=told.instrument_id or 0).first()
    made = ledger.create_instrument(
        unit_id=told.unit_id,
        number=said.new_number,
        name=said.new_name or (old.name if old else said.new_number),
        kind=old.kind if old else "",
        model=said.new_model[:80],
        maker=said.new_maker[:120],
        serial_number=said.new_serial_number[:60],
        accuracy_class=said.new_class[:20],
        by=told.by,
        at=told.at,
    )
    return int(made.pk)


def _change_ratio(told: _Confirmed) -> None:
    """The point's ratio is another, until the next change of it that is known."""
    if told.said.ratio is None:
        raise IncompleteChange("the ratio is missing")
    points.describe_point(
        point_id=told.point(),
        valid_from=told.happened_at,
        valid_until=_ratio_changes_after(told.point(), told.happened_at),
        ratio=told.said.ratio,
        by=told.by,
        at=told.at,
    )


def _ratio_changes_after(point_id: int, instant: datetime) -> datetime | None:
    """Return when a point's ratio changes next after an instant; None: never, as known."""
    lasting = [
        span
        for span in point_queries.spans_of_point(point_id)
        if span.valid_until is None or span.valid_until > instant
    ]
    later = (span.valid_from for span in lasting if span.ratio != lasting[0].ratio)
    return next(later, None)


def _move(told: _Confirmed) -> None:
    """The instrument stands at another point or place, and what it says feeds that point."""
    said = told.said
    if said.new_place:
        ledger.correct_instrument(
            instrument_id=told.instrument(), place=said.new_place, by=told.by, at=told.at
        )
    if not said.new_point_code:
        return
    point_id = point_queries.point_by_code(told.unit_id, said.new_point_code)
    if point_id is None:
        raise IncompleteChange(f"the unit has no point {said.new_point_code}")
    left = placing.move(
        instrument_id=told.instrument(),
        point_id=point_id,
        valid_from=told.happened_at,
        by=told.by,
        at=told.at,
    )
    key: str | None = said.new_key or None
    if left is not None and left != point_id and key is None:
        key, _ = point_queries.fed_from(left, told.happened_at)
        # A meter's register goes where the meter goes; a national code names the place.
        key = key if key and key.startswith("R:") else None
        if key is not None:
            _feed(left, None, told)
    if key is not None:
        _feed(point_id, key, told)


def _stop(told: _Confirmed) -> None:
    """The instrument is out of use: it leaves its point, which nothing feeds any more."""
    instrument_id = told.instrument()
    _, until = queries.status_from(instrument_id, told.happened_at)
    ledger.set_status(
        instrument_id=instrument_id,
        condition=Condition.STOPPED,
        valid_from=told.happened_at,
        valid_until=until,
        by=told.by,
        at=told.at,
    )
    stands_at, _ = queries.standing_from(instrument_id, told.happened_at)
    if stands_at is None:
        return
    placing.take_down(
        instrument_id=instrument_id, valid_from=told.happened_at, by=told.by, at=told.at
    )
    key, _ = point_queries.fed_from(stands_at, told.happened_at)
    if key is not None:
        _feed(stands_at, None, told)


def _feed(point_id: int, key: str | None, told: _Confirmed) -> None:
    """Say what feeds a point from then on, until the next change that is known."""
    _, until = point_queries.fed_from(point_id, told.happened_at)
    points.feed_point(
        point_id=point_id,
        key=key,
        valid_from=told.happened_at,
        valid_until=until,
        by=told.by,
        at=told.at,
    )


_BY_KIND: dict[ChangeKind, Callable[[_Confirmed], None]] = {
    ChangeKind.EXCHANGE: _exchange,
    ChangeKind.RATIO: _change_ratio,
    ChangeKind.MOVE: _move,
    ChangeKind.STOP: _stop,
}
