"""A unit's card: what it is and was called, who speaks for it, whether it works, what befell it."""

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _

from hengneng.kernel.files import queries as files
from hengneng.kernel.personal.queries import PersonRow, Shown
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import NameRow, PartyRow, UnitCard
from hengneng.web.desk.views.unit.base import File, Look
from hengneng.web.desk.views.unit.standing import LedgerTab, Stood
from hengneng.web.desk.views.units import district_names
from hengneng.web.parts import marks, tags
from hengneng.web.parts.views import FrontView


class Card(LedgerTab):
    """The tab."""

    template = "desk/unit/card.html"
    tab = "unit-card"

    def ledger(self, look: Look, stood: Stood) -> dict[str, Any]:
        """Return the card, and the names of the papers it rests on."""
        card = units.unit_card(
            self.viewer, self.permission, look.unit.code, at=stood.at, as_of=stood.as_of
        )
        return {
            "card": card,
            "names": joined(card.names),
            "documents": files.kept(documents_of(card)),
            "district_names": district_names(),
            "beginning": units.beginning(),
            "business_reason": _reason(card),
            "may_edit": stood.as_of is None and self.viewer.may(Permission.EDIT_REGISTRY),
            "is_masked": any(person.shown == Shown.MASKED for person in _people(card)),
        }

    def files(self, context: dict[str, Any]) -> dict[str, File]:
        """Return each list of the card."""
        card: UnitCard = context["card"]
        return {
            "names": File(
                "names",
                (_("Name"), _("Name in English"), _("From"), _("Until")),
                [(row.name, row.name_en, *_span(row)) for row in context["names"]],
            ),
            "contacts": _contacts(card),
            "sites": _sites(card, context["district_names"]),
            "listings": File(
                "listings",
                (_("Year"), _("List"), _("Tier")),
                [
                    (row.year, str(marks.LISTS[row.kind]), str(marks.TIERS[row.tier]))
                    for row in card.listings
                ],
            ),
            "levels": _levels(card),
            "events": _events(card),
        }


class CardDocument(FrontView):
    """A paper that the card rests on, always to be saved, never shown inside this site."""

    permission = Permission.VIEW_UNIT

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such unit in reach, or its card rests on no such paper.
        """
        number = kwargs["document_id"]
        try:
            card = units.unit_card(self.viewer, self.permission, kwargs["code"])
        except units.UnknownUnit as error:
            raise Http404(str(error)) from error
        if number not in documents_of(card):
            raise Http404(f"no paper {number} at this card")
        row = files.kept([number])[number]
        named = content_disposition_header(True, row.name) or ""
        return HttpResponse(
            files.read(number),
            content_type=row.media_type,
            headers={"Content-Disposition": named},
        )


def documents_of(card: UnitCard) -> set[int]:
    """Return the kept files that a card rests on."""
    told = [level.document_id for level in card.levels]
    told += [event.document_id for event in card.events]
    told.append(card.business.proof_id if card.business else None)
    return {number for number in told if number is not None}


def joined(names: Sequence[NameRow]) -> list[NameRow]:
    """Return the names, latest first; of one borne in two spans without a gap the whole span.

    Such spans stay behind where a rename was taken back.
    """
    found: list[NameRow] = []
    for row in names:
        later = found[-1] if found else None
        if later and later[:2] == row[:2] and later.valid_from == row.valid_until:
            found[-1] = row._replace(valid_until=later.valid_until)
        else:
            found.append(row)
    return found


def _reason(card: UnitCard) -> Any:
    """Return why the unit works or does not; a merger or a split in the reader's words."""
    reason = card.business.reason if card.business else ""
    return marks.EVENTS.get(reason, reason)


def _people(card: UnitCard) -> Iterator[PersonRow]:
    """Yield everybody whom the card names."""
    if card.particulars and card.particulars.legal_person:
        yield card.particulars.legal_person
    yield from (contact.person for contact in card.contacts)


def _contacts(card: UnitCard) -> File:
    head = (
        _("Role"),
        _("Person"),
        _("Telephone"),
        _("E-mail"),
        _("Post"),
        _("Training"),
        _("From"),
    )
    rows = [
        (
            str(marks.CONTACT_ROLES[row.role]),
            row.person.name,
            row.person.phone,
            row.person.email,
            row.post,
            row.training,
            tags.day(row.valid_from),
        )
        for row in card.contacts
    ]
    return File("contacts", head, rows)


def _sites(card: UnitCard, names: dict[str, str]) -> File:
    head = (_("Site"), _("Name"), _("Address"), _("District"))
    rows = [
        (row.code, row.name, row.address, names.get(row.district_id or "", ""))
        for row in card.sites
    ]
    return File("sites", head, rows)


def _levels(card: UnitCard) -> File:
    head = (_("Year"), _("Consumption, tce"), _("Source"), _("Verified"), _("Counts as"))
    rows = [
        (
            row.year,
            row.tce,
            row.source,
            _("yes") if row.verified else _("no"),
            _("; ").join(tags.name(one) for one in row.classes),
        )
        for row in card.levels
    ]
    return File("consumption-levels", head, rows)


def _events(card: UnitCard) -> File:
    head = (_("Day"), _("What"), _("Before"), _("After"), _("Note"))
    rows = [
        (
            row.happened_on,
            str(marks.EVENTS[row.kind]),
            _named(row.before),
            _named(row.after),
            row.note,
        )
        for row in card.events
    ]
    return File("events", head, rows)


def _named(parties: Iterable[PartyRow]) -> str:
    """Return the units on one side of an event."""
    return _(", ").join(f"{one.name} {one.code}" for one in parties)


def _span(row: NameRow) -> tuple[str, str]:
    """Return the first and the last day of a name; a name still borne has no last one."""
    return tags.day(row.valid_from), tags.last_day(row.valid_until) if row.valid_until else ""
