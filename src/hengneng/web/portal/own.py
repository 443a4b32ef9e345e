"""What a unit's own people write in its ledger: the pages' common form, and who may write."""

from abc import abstractmethod
from datetime import date, datetime, time
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponseBase
from django.shortcuts import resolve_url
from django.utils import timezone
from django.utils.functional import cached_property

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.declarations import queries as declarations
from hengneng.registry.equipment import queries as equipment
from hengneng.registry.instruments import queries as instruments
from hengneng.registry.points import queries as points
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.parts.views import ActionView, FormView
from hengneng.web.portal import chapters

# Whatever an address may name that is not there, or not the viewer's.
NOT_THERE: tuple[type[Exception], ...] = (
    units.UnknownUnit,
    points.UnknownPoint,
    instruments.UnknownInstrument,
    instruments.UnknownNotice,
    instruments.UnknownCertificate,
    equipment.UnknownConsumer,
    declarations.UnknownDeclaration,
)


class Aim(NamedTuple):
    """What a form is for.

    Attributes:
        title: The page's heading.
        button: The word on its button.
        advice: Sentences for whoever fills it in.
        subject: What it is about, where it is about one thing.
        kind: The button's kind.
    """

    title: Any
    button: Any
    advice: tuple[Any, ...] = ()
    subject: str = ""
    kind: str = "main"


class OwnForm(FormView):
    """A form by which a unit's own people write in its ledger."""

    permission = Permission.REPORT_CHANGE
    template = "portal/form.html"
    not_there = NOT_THERE
    chapter: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and say of what is not there or not the viewer's own that it is not there.

        Raises:
            Http404: If it is not.
        """
        try:
            return super().dispatch(request, *args, **kwargs)
        except self.not_there as error:
            raise Http404(str(error)) from error

    @cached_property
    def unit(self) -> UnitRow:
        """Return the unit, if its ledger is the viewer's to write in."""
        return units.unit_row(self.viewer, self.permission, self.kwargs["code"])

    @abstractmethod
    def aim(self) -> Aim:
        """Return what the form is for."""

    def context(self) -> dict[str, Any]:
        """Return the unit, the way to its other pages, and what the form is for."""
        unit = self.unit
        return {
            "unit": unit,
            "tabs": chapters.tabs(unit, self.chapter),
            "has_several": chapters.has_several(self.viewer),
            "aim": self.aim(),
            "back": resolve_url(self.leads_to()),
        }

    def sent(self) -> tuple[Any, Any]:
        """Return what was sent to bind a form with: fields and files; nothing where it is asked."""
        is_sent = self.request.method == "POST"
        return (self.request.POST, self.request.FILES) if is_sent else (None, None)

    def leads_to(self) -> str:
        """Return to the chapter."""
        return resolve_url(self.chapter, self.kwargs["code"])

    def made(self, form: forms.Form) -> dict[str, Any]:
        """Return what was entered."""
        return dict(form.cleaned_data)


class OwnAct(ActionView):
    """A button by which a unit's own people take back or end something of theirs."""

    permission = Permission.REPORT_CHANGE
    chapter: ClassVar[str]

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer, and say of what is not there or not the viewer's own that it is not there.

        Raises:
            Http404: If it is not.
        """
        try:
            return super().dispatch(request, *args, **kwargs)
        except NOT_THERE as error:
            raise Http404(str(error)) from error

    @cached_property
    def unit(self) -> UnitRow:
        """Return the unit, if its ledger is the viewer's to write in."""
        return units.unit_row(self.viewer, self.permission, self.kwargs["code"])


def may_keep(viewer: Viewer, unit_id: int) -> bool:
    """Answer whether the unit's ledger is the viewer's own to write in; one query."""
    if not viewer.may(Permission.REPORT_CHANGE):
        return False
    return units.visible_to(viewer, Permission.REPORT_CHANGE).filter(id=unit_id).exists()


def start_of(day: date) -> datetime:
    """Return the instant at which a local day begins. Aware."""
    return timezone.make_aware(datetime.combine(day, time()))
