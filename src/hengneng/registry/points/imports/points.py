"""How the rows of a list become points."""

from collections import Counter
from collections.abc import Hashable, Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from hengneng.kernel.audit import operations as audit
from hengneng.kernel.facts import operations as facts
from hengneng.kernel.imports.rules import Change, Column, Decision, Row
from hengneng.protocol import codes
from hengneng.registry.points import rules
from hengneng.registry.points.imports.columns import BEGINNING, COLUMNS
from hengneng.registry.points.imports.drafts import Fed, Told
from hengneng.registry.points.imports.known import (
    BLANK,
    COLUMN_OF,
    Known,
    Place,
    Unfit,
    columns_of,
    fields_of,
    key_of,
)
from hengneng.registry.points.models import Description, Point, Source

# What refuses a row; the text is its reason.
_REFUSALS = (
    Unfit,
    codes.BadCode,
    facts.EmptySpan,
    facts.NothingKnown,
    rules.BadDescription,
    rules.BadKey,
    rules.CodeDoesNotFit,
)


class _Edit(NamedTuple):
    """What a row says of one point, from when on.

    Attributes:
        number: The point; below zero where it has no row yet.
        unit_id: Its unit.
        start: Since when. Aware.
        said: Fields of its description.
        key: What feeds it; None: the row does not say.
    """

    number: int
    unit_id: int
    start: datetime
    said: dict[str, Any]
    key: str | None


class PointImporter:
    """A list of metering points; a row speaks of its time until the next change known.

    Blank cells leave what is known. A parent may stand anywhere in the list.
    """

    kind = "points"
    columns: tuple[Column, ...] = COLUMNS

    def decide(self, rows: Sequence[Row], *, at: datetime) -> list[Decision]:  # noqa: ARG002  the protocol's
        """Tell what each row would do; at most eight queries, however many rows."""
        self._read(rows)
        decisions = [self._decision(row) for row in rows]
        self._refuse_circles(rows, decisions)
        self._refuse_orphans(rows, decisions)
        self._counts = Counter(decision.change for decision in decisions)
        return decisions

    def carry_out(self, *, by: int | None, at: datetime) -> None:
        """Write what was decided; seven queries, however many rows."""
        fresh = [place for place, number in self._known.numbers.items() if self._is_fresh(number)]
        made = Point.objects.bulk_create(Point(unit_id=place[0], code=place[1]) for place in fresh)
        ids: dict[Hashable, int] = {
            number: number for number in self._known.numbers.values() if number > 0
        }
        for place, point in zip(fresh, made, strict=True):
            ids[self._known.numbers[place]] = point.pk
        self._told.name_made(ids)
        self._told.write(ids)
        self._fed.write(ids)
        facts.note_changes(
            changes=[
                (unit_id, ids[number], start, end)
                for unit_id, number, start, end in dict.fromkeys(self._touched)
            ]
        )
        details = {change.value.lower(): count for change, count in self._counts.items()}
        audit.record("points.imported", subject="points", by=by, at=at, details=details)

    def place_of(self, row: Row) -> Place | None:
        """Return a row's unit and point code; None where the unit is not entered.

        Args:
            row: One of those that were decided.
        """
        return self._known.place_of(row)

    def _read(self, rows: Sequence[Row]) -> None:
        """Read what is known of the points that the rows name."""
        self._known = Known(rows)
        self._told, self._fed = Told(self._known.with_row), Fed(self._known.with_row)
        self._touched: list[tuple[int, int, datetime, datetime | None]] = []
        self._hung: set[int] = set()
        self._read_others(rows)

    def _read_others(self, rows: Sequence[Row]) -> None:
        """Read which keys of the list feed points that it does not name."""
        keys = {key for row in rows if (key := _key_or_none(row.values)) is not None}
        there = Source.objects.filter(
            superseded_at__isnull=True, unit_id__in=self._known.unit_ids, key__in=keys
        )
        others = there.exclude(point_id__in=self._known.with_row)
        self._others: dict[tuple[int, str], list[tuple[datetime, datetime | None, str]]] = {}
        fields = ("unit_id", "key", "valid_from", "valid_until", "point__code")
        for unit_id, key, *span in others.values_list(*fields):
            self._others.setdefault((unit_id, key), []).append((span[0], span[1], span[2]))

    def _decision(self, row: Row) -> Decision:
        """Return what a row would do and think it done."""
        try:
            edit = self._edit(row)
            is_new = not self._told.is_told(edit.number) and edit.number < 0
            differences = self._think(edit)
        except _REFUSALS as error:
            return Decision(row.number, Change.REFUSED, reason=str(error))
        if is_new:
            return Decision(row.number, Change.NEW, differences or {})
        change = Change.UNCHANGED if differences is None else Change.CHANGED
        return Decision(row.number, change, differences or {})

    def _edit(self, row: Row) -> _Edit:
        """Return what a row says.

        Raises:
            Unfit: If it names what is not there, or two sources.
            BadCode: If its national code has not its form.
        """
        place = self.place_of(row)
        if place is None:
            raise Unfit(f"no unit {row.values['unit_code']}")
        said = self._known.said(place, row.values)
        start = row.values["valid_from"] or BEGINNING
        return _Edit(self._known.numbers[place], place[0], start, said, key_of(row.values))

    def _think(self, edit: _Edit) -> dict[str, tuple[str, str]] | None:
        """Think what a row says done, and return what it changes; None: nothing.

        Raises:
            NothingKnown: If the point has ended by then.
            BadDescription, BadKey, CodeDoesNotFit: If no point can be so.
            Unfit: If the key feeds another point.
        """
        kept = self._told.kept(edit.number), self._fed.kept(edit.number)
        touched = len(self._touched)
        try:
            told, fed = self._tell(edit), self._feed(edit)
        except _REFUSALS:
            self._told.restore(edit.number, kept[0])
            self._fed.restore(edit.number, kept[1])
            del self._touched[touched:]
            raise
        self._told.hold(edit.number, edit.start)
        if edit.key is not None:
            self._fed.hold(edit.number, edit.start)
        if "parent_id" in edit.said and told is not None:
            self._hung.add(edit.unit_id)
        return None if told is None and fed is None else {**(told or {}), **(fed or {})}

    def _tell(self, edit: _Edit) -> dict[str, tuple[str, str]] | None:
        """Think a point described until the next change known; None: it is described so."""
        known, until = self._told.version_from(edit.number, edit.start)
        # What is first known of a point reaches back to an earlier row.
        base = known or (None if until is None else self._told.version_from(edit.number, until)[0])
        if base is None and self._told.is_told(edit.number):
            raise facts.NothingKnown(f"{self._known.codes[edit.number]} has ended by then")
        before = fields_of(base) if base is not None else dict(BLANK)
        differing = [f for f, value in edit.said.items() if known is None or before[f] != value]
        if known is not None and not differing:
            return None
        values = before | edit.said
        rules.check_description(columns_of(values))
        rules.check_kind(self._known.kinds[values["energy_type_id"]], level=values["level"])
        self._told.replace(
            edit.number, valid_from=edit.start, valid_until=until, values=columns_of(values)
        )
        self._check_fit(edit.number, edit.start, until)
        self._touched.append((edit.unit_id, edit.number, edit.start, until))
        stood = before if known is not None else BLANK
        text = self._known.text
        return {
            COLUMN_OF[field]: (text(field, stood[field]), text(field, values[field]))
            for field in differing
            if stood[field] != values[field]
        }

    def _feed(self, edit: _Edit) -> dict[str, tuple[str, str]] | None:
        """Think a point fed until the next change known; None: it is fed so, or not said."""
        known, until = self._fed.version_from(edit.number, edit.start)
        if edit.key is None or (known is not None and known.key == edit.key):
            return None
        self._check_free(edit, until)
        values = {"unit_id": edit.unit_id, "key": edit.key}
        self._fed.replace(edit.number, valid_from=edit.start, valid_until=until, values=values)
        self._check_fit(edit.number, edit.start, until)
        self._fed.note(edit.unit_id, edit.key, edit.number)
        self._touched.append((edit.unit_id, edit.number, edit.start, until))
        column = "data_code" if edit.key.startswith("N:") else "meter"
        return {column: (known.key if known else "", edit.key)}

    def _check_free(self, edit: _Edit, until: datetime | None) -> None:
        """Refuse a key that feeds another point of the unit in that time."""
        key = edit.key or ""
        holder = self._fed.holder(edit.unit_id, key, edit.start, until, but=edit.number)
        taken = None if holder is None else self._known.codes[holder]
        for start, end, code in self._others.get((edit.unit_id, key), ()):
            if (until is None or start < until) and (end is None or end > edit.start):
                taken = code
        if taken is not None:
            raise Unfit(f"{key} feeds the unit's point {taken} in that time")

    def _check_fit(self, number: int, start: datetime, until: datetime | None) -> None:
        """Refuse a point that a source feeds which does not fit it."""
        for said in self._told.over(number, start, until):
            for source in self._fed.over(number, said.valid_from, said.valid_until):
                rules.check_key(source.key, level=said.level, kind=said.kind)
                rules.check_kind(
                    self._known.kinds[said.energy_type_id], level=said.level, key=source.key
                )

    def _refuse_circles(self, rows: Sequence[Row], decisions: list[Decision]) -> None:
        """Refuse the rows by which points would hang on themselves."""
        if not self._hung:
            return
        numbers: dict[int, list[int]] = {}
        for (unit_id, _), number in self._known.numbers.items():
            numbers.setdefault(unit_id, []).append(number)
        standing = self._hangs_of_others()
        for unit_id in self._hung:
            hangs = self._told.hangs(numbers[unit_id]) + standing.get(unit_id, [])
            circle = rules.circle_in(hangs)
            if circle is None:
                continue
            told = ", ".join(sorted(self._known.codes.get(n, str(n)) for n in circle.points))
            for place, row in enumerate(rows):
                own = self._known.numbers.get(self.place_of(row) or (0, ""))
                is_named = row.values["parent_code"] and own in circle.points
                if is_named and decisions[place].change is not Change.REFUSED:
                    reason = f"parent_code: {told} would hang on one another"
                    decisions[place] = Decision(row.number, Change.REFUSED, reason=reason)

    def _hangs_of_others(self) -> dict[int, list[rules.Hang]]:
        """Return how points that the list does not name hang on others, by unit."""
        believed = Description.objects.filter(
            superseded_at__isnull=True,
            point__unit_id__in=self._hung,
            parent_id__isnull=False,
        ).exclude(point_id__in=self._known.with_row)
        fields = ("point__unit_id", "valid_from", "valid_until", "point_id", "parent_id")
        found: dict[int, list[rules.Hang]] = {}
        for unit_id, *row in believed.values_list(*fields):
            found.setdefault(unit_id, []).append(rules.Hang(*row))
        return found

    def _refuse_orphans(self, rows: Sequence[Row], decisions: list[Decision]) -> None:
        """Refuse the rows whose parent would be made by a row that is refused."""
        for place, row in enumerate(rows):
            of_unit = self.place_of(row)
            code = row.values["parent_code"]
            if decisions[place].change is Change.REFUSED or of_unit is None or not code:
                continue
            if self._is_lost(self._known.numbers[of_unit[0], code]):
                reason = f"parent_code: the row of {code} is refused"
                decisions[place] = Decision(row.number, Change.REFUSED, reason=reason)

    def _is_lost(self, number: int) -> bool:
        """Answer whether a point is neither known nor made by the list."""
        return number < 0 and not self._told.is_told(number)

    def _is_fresh(self, number: int) -> bool:
        """Answer whether the list makes this point."""
        return number < 0 and self._told.is_told(number)


def _key_or_none(values: Mapping[str, Any]) -> str | None:
    """Return the key that a row names; None also where it names none that can be."""
    try:
        return key_of(values)
    except _REFUSALS:
        return None
