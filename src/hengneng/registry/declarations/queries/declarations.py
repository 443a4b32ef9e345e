"""What units declared, and who has to do something about it."""

from collections.abc import Collection
from datetime import date, datetime, timedelta
from typing import Any, NamedTuple

from django.db.models import Count, Q, QuerySet

from hengneng.kernel import clock
from hengneng.kernel.personal import queries as personal
from hengneng.kernel.personal.queries import PersonRow
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.declarations import rules
from hengneng.registry.declarations.models import Declaration
from hengneng.registry.declarations.queries import records
from hengneng.registry.declarations.rules import Content
from hengneng.registry.declarations.rules.writing import first_day
from hengneng.registry.declarations.states import OPEN, DeclarationState
from hengneng.registry.units import queries as units


class UnknownDeclaration(LookupError):
    """There is no such declaration, or it is not the viewer's to see."""


class DeclarationRow(NamedTuple):
    """A declaration.

    Attributes:
        id: The declaration.
        unit_id: The unit.
        unit_code: Its code.
        unit_name: Its name.
        kind: ``NEW_POINT`` …
        content: What is declared.
        seen: What was on record then, by field.
        proof_id: The kept file that shows it; None: none.
        person_id: Who is to be the legal person; None: it is about no person.
        state: ``DECLARED`` …
        declared_at: When it was declared, or declared again. Aware.
        declared_by: By whom; None: the script.
        decided_at: When it was decided; None: not yet. Aware.
        decided_by: By whom; None: not yet.
        reason: Why it was sent back, or the code of why it was withdrawn for the unit.
    """

    id: int
    unit_id: int
    unit_code: str
    unit_name: str
    kind: str
    content: Content
    seen: dict[str, Any]
    proof_id: int | None
    person_id: int | None
    state: str
    declared_at: datetime
    declared_by: int | None
    decided_at: datetime | None
    decided_by: int | None
    reason: str

    @property
    def subject(self) -> str:
        """What it is about: a code; empty: the unit itself."""
        return rules.subject_of(self.content)

    @property
    def first(self) -> date:
        """The first day on which it is so."""
        return first_day(self.content)

    @property
    def until(self) -> date | None:
        """The day after the last; None: for good, or until the next change that is known."""
        return getattr(self.content, "until", None)

    @property
    def last(self) -> date | None:
        """The last day; None: for good, or until the next change that is known."""
        return self.until - timedelta(days=1) if self.until else None


class Preview(NamedTuple):
    """What confirming a declaration would change.

    Attributes:
        rows: Before and after, line by line.
        before: The legal person on record; None: none, or it is about no person.
        after: Who is to be the legal person; None: it is about no person.
    """

    rows: list[rules.Row]
    before: PersonRow | None
    after: PersonRow | None

    @property
    def is_overtaken(self) -> bool:
        """Whether the record was edited since it was declared."""
        return any(row.is_overtaken for row in self.rows)


def awaiting(viewer: Viewer) -> list[DeclarationRow]:
    """Return the declarations that the viewer may confirm or send back, the oldest first."""
    return _rows(_awaiting(viewer))


def next_awaiting(viewer: Viewer, declaration_id: int) -> tuple[DeclarationRow | None, int]:
    """Return the oldest that awaits the viewer beside this one, and how many do; two queries."""
    others = _awaiting(viewer).exclude(id=declaration_id)
    return next(iter(_rows(others[:1])), None), others.count()


def _awaiting(viewer: Viewer) -> QuerySet[Declaration]:
    """Return what the viewer may confirm or send back, the oldest first."""
    visible = units.visible_to(viewer, Permission.EDIT_REGISTRY)
    waiting = Declaration.objects.filter(
        state=DeclarationState.DECLARED, unit__in=visible.values("id")
    )
    return waiting.order_by("declared_at", "id")


def pending_of_points(unit_id: int) -> dict[str, list[DeclarationRow]]:
    """Return what is declared of a unit's points and not decided for good, by code; one query."""
    found: dict[str, list[DeclarationRow]] = {}
    there = Declaration.objects.filter(unit_id=unit_id, kind=rules.Kind.POINT, state__in=OPEN)
    for row in _rows(there.order_by("declared_at", "id")):
        found.setdefault(row.subject, []).append(row)
    return found


class Wanted(NamedTuple):
    """Which declarations a list is to show; empty: any.

    Attributes:
        state: Where they stand.
        kind: What is declared.
        search: Part of the unit's name or code.
    """

    state: str = ""
    kind: str = ""
    search: str = ""


def declarations_of(
    unit_id: int,
    wanted: Wanted = Wanted(),  # noqa: B008 it cannot be changed
    *,
    page: int = 1,
    size: int | None = None,
) -> tuple[list[DeclarationRow], int]:
    """Return a page of a unit's declarations, the last first, and how many there are.

    Args:
        unit_id: The unit.
        wanted: Which ones.
        page: Which page, from 1.
        size: Rows on a page; None: all on one. [count]
    """
    return _page(_wanted(Declaration.objects.filter(unit_id=unit_id), wanted), page, size)


def counts_of(unit_id: int) -> dict[tuple[str, str], int]:
    """Return how many of a unit's declarations stand where, by state and kind; one query."""
    told = Declaration.objects.filter(unit_id=unit_id).values("state", "kind")
    counted = told.annotate(count=Count("id")).values_list("state", "kind", "count")
    return {(state, kind): count for state, kind, count in counted}


def declarations_reached(
    viewer: Viewer,
    permission: Permission,
    wanted: Wanted = Wanted(),  # noqa: B008 it cannot be changed
    *,
    page: int = 1,
    size: int | None = None,
) -> tuple[list[DeclarationRow], int]:
    """Return a page of the declarations of the units in reach, the last first, and how many.

    Args:
        viewer: Who asks.
        permission: By which permission.
        wanted: Which ones.
        page: Which page, from 1.
        size: Rows on a page; None: all on one. [count]
    """
    return _page(_wanted(_reached(viewer, permission), wanted), page, size)


def counts_reached(viewer: Viewer, permission: Permission) -> dict[str, int]:
    """Return how many declarations of the units in reach stand where; one query."""
    told = _reached(viewer, permission).values("state").annotate(count=Count("id"))
    return dict(told.values_list("state", "count"))


def _reached(viewer: Viewer, permission: Permission) -> QuerySet[Declaration]:
    """Return the declarations of the units in reach."""
    visible = units.visible_to(viewer, permission)
    return Declaration.objects.filter(unit__in=visible.values("id"))


def _page(
    told: QuerySet[Declaration], page: int, size: int | None
) -> tuple[list[DeclarationRow], int]:
    """Return a page of some declarations, the last first, and how many there are."""
    ordered = told.order_by("-declared_at", "-id")
    if size is None:
        found = _rows(ordered)
        return found, len(found)
    first = (page - 1) * size
    return _rows(ordered[first : first + size]), told.count()


def _wanted(told: QuerySet[Declaration], wanted: Wanted) -> QuerySet[Declaration]:
    """Return those of some declarations that are wanted."""
    if wanted.state:
        told = told.filter(state=wanted.state)
    if wanted.kind:
        told = told.filter(kind=wanted.kind)
    if wanted.search:
        named = Q(unit__name__icontains=wanted.search) | Q(unit__code__icontains=wanted.search)
        told = told.filter(named)
    return told


def declaration_by_id(
    viewer: Viewer, permission: Permission, declaration_id: int
) -> DeclarationRow:
    """Return one declaration.

    Raises:
        UnknownDeclaration: If there is none, or the permission does not reach its unit.
    """
    visible = units.visible_to(viewer, permission)
    there = Declaration.objects.filter(id=declaration_id, unit__in=visible.values("id"))
    for row in _rows(there):
        return row
    raise UnknownDeclaration(f"no declaration {declaration_id}")


def preview(row: DeclarationRow, *, whole: bool) -> Preview:
    """Return what confirming would change; of what is decided, what it did or would have changed.

    Args:
        row: The declaration.
        whole: Whether the reader may see the unit's people whole (``units.sees_persons``).
    """
    is_open = row.state in OPEN
    now = records.on_record(row.unit_id, row.content) if is_open else row.seen
    ends = records.ends(row.unit_id, row.content) if is_open else {}
    known = row.seen.get("legal_person")
    wanted = [number for number in (known, row.person_id) if number is not None]
    shown = personal.people(wanted, whole=whole) if wanted else {}
    return Preview(
        rules.rows_of(
            row.content,
            seen=row.seen,
            now=now,
            ends={field: clock.day_of(end) for field, end in ends.items() if end is not None},
        ),
        shown.get(known) if known is not None else None,
        shown.get(row.person_id) if row.person_id is not None else None,
    )


def units_of_declarations(declaration_ids: Collection[int]) -> dict[int, tuple[str, str, str]]:
    """Return code and name of each declaration's unit, and what it is about; one query."""
    return {
        row.id: (row.unit_code, row.unit_name, row.subject)
        for row in _rows(Declaration.objects.filter(id__in=declaration_ids))
    }


_FIELDS = (
    "id",
    "unit_id",
    "unit__code",
    "unit__name",
    "kind",
    "content",
    "seen",
    "proof_id",
    "person_id",
    "state",
    "declared_at",
    "declared_by",
    "decided_at",
    "decided_by",
    "reason",
)


def _rows(told: QuerySet[Declaration]) -> list[DeclarationRow]:
    """Return the rows of some declarations; one query."""
    return [
        DeclarationRow._make((*row[:5], rules.read(row[4], row[5]), *row[6:]))
        for row in told.values_list(*_FIELDS)
    ]
