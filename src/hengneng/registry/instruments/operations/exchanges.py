"""Exchange instruments at their points, however late it is told; correct what was told."""

from datetime import datetime, timedelta
from decimal import Decimal

from django.db import transaction
from django.db.models import Q

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.models import Exchange, Installation
from hengneng.registry.instruments.operations.placing import place
from hengneng.registry.points import operations as points
from hengneng.registry.points import queries as point_queries

# A meter's clock tells seconds: an exchange touches the second in which it happened.
_SECOND = timedelta(seconds=1)
_PLACES = 9


class BadRegister(ValueError):
    """A register's reading is not negative and has no more places than are kept."""


class ExchangeExists(ValueError):
    """The point has an exchange at that instant already."""


class NotBelieved(ValueError):
    """The exchange was corrected already; correct the one that took its place."""


@transaction.atomic
def exchange_instrument(
    *,
    point_id: int,
    happened_at: datetime,
    before_value: Decimal,
    after_value: Decimal,
    by: int | None,
    at: datetime,
    new_instrument_id: int | None = None,
    new_key: str | None = None,
) -> Exchange:
    """Record that a point's instrument was exchanged, be it long ago.

    From that instant on, until the next change known already, the new instrument stands at the
    point and the new meter feeds it, where they are named; all in one recording.

    Args:
        point_id: The point.
        happened_at: When it was exchanged. Aware.
        before_value: What the old register showed at the end, as read.
        after_value: What the new register showed at the start, as read.
        by: Account acting.
        at: When it is entered. Aware.
        new_instrument_id: The instrument that stands there now.
        new_key: The key of the new meter, where it has another.

    Raises:
        BadRegister: If a reading is impossible.
        ExchangeExists: If the point has one at that instant.
        ForeignInstrument, InstalledElsewhere: If the instrument cannot stand there.
        BadKey, CodeDoesNotFit, KeyTaken: If the key cannot feed the point.

    Source:
        Notice 321 (2020), III(2)2; facts/protocol.md 2.3 d.
    """
    with facts.edit() as recorded_at:
        exchange = _record_exchange(point_id, happened_at, before_value, after_value, recorded_at)
        if new_instrument_id is not None:
            until = queries.place_changes_after(point_id, happened_at)
            place(new_instrument_id, point_id, happened_at, until)
        if new_key is not None:
            _, until = point_queries.fed_from(point_id, happened_at)
            points.feed_point(
                point_id=point_id,
                key=new_key,
                valid_from=happened_at,
                valid_until=until,
                by=by,
                at=at,
            )
    details = {
        "happened_at": happened_at.isoformat(),
        "before": str(before_value),
        "after": str(after_value),
    }
    audit.record("instrument.exchanged", subject=f"point:{point_id}", by=by, at=at, details=details)
    return exchange


@transaction.atomic
def correct_exchange(
    *,
    exchange_id: int,
    by: int | None,
    at: datetime,
    happened_at: datetime | None = None,
    before_value: Decimal | None = None,
    after_value: Decimal | None = None,
) -> Exchange:
    """Correct an exchange's instant or readings; what moved at its instant moves along.

    Args:
        exchange_id: The exchange as believed until now.
        by: Account acting.
        at: When it is corrected. Aware.
        happened_at: When it was in truth; None: as believed. Aware.
        before_value: What the old register showed in truth; None: as believed.
        after_value: What the new register showed in truth; None: as believed.

    Raises:
        NotBelieved: If it was corrected already.
        BadRegister: If a reading is impossible.
        ExchangeExists: If the point has another at that instant.
    """
    with facts.edit() as recorded_at:
        former = _withdraw(exchange_id, recorded_at)
        exchange = _record_exchange(
            former.point_id,
            happened_at or former.happened_at,
            former.before_value if before_value is None else before_value,
            former.after_value if after_value is None else after_value,
            recorded_at,
        )
        if exchange.happened_at != former.happened_at:
            _move_boundary(former, exchange.happened_at, by=by, at=at)
    details = {
        "happened_at": [former.happened_at.isoformat(), exchange.happened_at.isoformat()],
        "before": [str(former.before_value), str(exchange.before_value)],
        "after": [str(former.after_value), str(exchange.after_value)],
    }
    subject = f"point:{exchange.point_id}"
    audit.record("exchange.corrected", subject=subject, by=by, at=at, details=details)
    return exchange


@transaction.atomic
def withdraw_exchange(*, exchange_id: int, by: int | None, at: datetime) -> None:
    """Believe from now on that an exchange never was; installation and source stay.

    Args:
        exchange_id: The exchange as believed until now.
        by: Account acting.
        at: When. Aware.

    Raises:
        NotBelieved: If it was corrected already.
    """
    with facts.edit() as recorded_at:
        former = _withdraw(exchange_id, recorded_at)
    audit.record("exchange.withdrawn", subject=f"point:{former.point_id}", by=by, at=at)


def check_register(value: Decimal) -> None:
    """Refuse a reading that no register shows, or that cannot be kept exactly.

    Raises:
        BadRegister: If it is negative, no number, or too long.
    """
    exponent = value.as_tuple().exponent
    if not isinstance(exponent, int) or value < 0 or -exponent > _PLACES:
        raise BadRegister(f"a register cannot show {value}")
    if value >= Decimal(10) ** (24 - _PLACES):
        raise BadRegister(f"{value} is too long to be kept exactly")


def _record_exchange(
    point_id: int,
    happened_at: datetime,
    before_value: Decimal,
    after_value: Decimal,
    recorded_at: datetime,
) -> Exchange:
    """Record the event and leave word of it."""
    for value in (before_value, after_value):
        check_register(value)
    believed = Exchange.objects.filter(
        point_id=point_id, happened_at=happened_at, superseded_at__isnull=True
    )
    if believed.exists():
        raise ExchangeExists(f"point {point_id} has an exchange at {happened_at}")
    _note_exchange(point_id, happened_at)
    return Exchange.objects.create(
        point_id=point_id,
        happened_at=happened_at,
        before_value=before_value,
        after_value=after_value,
        recorded_at=recorded_at,
    )


def _withdraw(exchange_id: int, recorded_at: datetime) -> Exchange:
    """Supersede the exchange, leave word of it and return it."""
    former = Exchange.objects.get(id=exchange_id)
    if former.superseded_at is not None:
        raise NotBelieved(f"exchange {exchange_id} was corrected already")
    former.superseded_at = recorded_at
    former.save(update_fields=["superseded_at"])
    _note_exchange(former.point_id, former.happened_at)
    return former


def _note_exchange(point_id: int, happened_at: datetime) -> None:
    """Leave word that the point must be worked out again around an instant."""
    facts.note_change(
        unit_id=point_queries.unit_of_point(point_id),
        point_id=point_id,
        changed_from=happened_at,
        changed_until=happened_at + _SECOND,
    )


def _move_boundary(former: Exchange, instant: datetime, *, by: int | None, at: datetime) -> None:
    """Let installation and source, if they changed at the former instant, change at this one.

    Moved back, the later ones reach down to the new instant; moved on, the earlier ones reach up.
    """
    start, end = sorted((former.happened_at, instant))
    backwards = instant < former.happened_at
    keys = point_queries.keys_around(former.point_id, former.happened_at)
    if keys[0] != keys[1]:
        points.feed_point(
            point_id=former.point_id,
            key=keys[backwards],
            valid_from=start,
            valid_until=end,
            by=by,
            at=at,
        )
    stood = _instruments_around(former.point_id, former.happened_at)
    reaching = stood[backwards]
    if stood[0] != stood[1] and reaching is not None:
        place(reaching, former.point_id, start, end)


def _instruments_around(point_id: int, instant: datetime) -> tuple[int | None, int | None]:
    """Return the instruments that stand at a point just before and from an instant on."""
    believed = Installation.objects.filter(superseded_at__isnull=True, point_id=point_id)
    before = believed.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gte=instant), valid_from__lt=instant
    )
    after = believed.filter(
        Q(valid_until__isnull=True) | Q(valid_until__gt=instant), valid_from__lte=instant
    )
    found = [rows.values_list("instrument_id", flat=True).first() for rows in (before, after)]
    return found[0], found[1]
