"""A unit's forms B.1 to B.10: each as a workbook at once, all of them as a package."""

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.documents import workbooks
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.units import queries as units
from hengneng.reporting.ledgers import operations
from hengneng.reporting.ledgers import queries as ledgers
from hengneng.web.desk.views.unit.base import Look, UnitTab
from hengneng.web.parts import exports
from hengneng.web.parts.views import ActionView, FrontView

KINDS = {"pdf": False, "xlsx": True}  # whether it is the workbook


class NoDay(ValueError):
    """What was sent is no day or no year."""


# What an address may ask for that is not there.
NOT_THERE = (
    NoDay,
    units.UnknownUnit,
    ledgers.NotYet,
    ledgers.NoForms,
    ledgers.UnknownForm,
    workbooks.NoTables,
)


class Ledger(UnitTab):
    """The tab."""

    template = "desk/unit/ledger.html"
    tab = "unit-ledger"

    def shown(self, look: Look) -> dict[str, Any]:
        """Return the forms of today and the unit's packages."""
        now = clock.now()
        today = clock.day_of(now)
        rows = ledgers.packages_of(self.viewer, look.unit.id)
        return {
            "forms": ledgers.forms_offered(today),
            "packages": [(row, row.expected_at(now)) for row in rows],
            "today": today,
            "year": today.year - 1,
        }


class AskPackage(ActionView):
    """Ask for all forms of the unit."""

    permission = Permission.VIEW_READINGS
    anticipated = {
        NoDay: _("Say a day and a year."),
        ledgers.NotYet: _("The day or the year has not come."),
        ledgers.NoForms: _("No edition of the forms was in force on that day."),
        operations.UnderWay: _("The same forms are being made already."),
    }

    def act(self) -> Any:
        """Ask for them.

        Raises:
            Http404: If there is no such unit in reach.
        """
        try:
            unit = units.unit_by_code(self.viewer, self.permission, self.kwargs["code"])
        except units.UnknownUnit as error:
            raise Http404(str(error)) from error
        on, year = _wanted(self.request.POST.get("on", ""), self.request.POST.get("year", ""))
        operations.ask_for_package(
            unit_id=unit.id, on=on, year=year, by=self.viewer.account_id, at=clock.now()
        )
        return _("The forms are being made; this page shows how far they have come.")


class FormFile(FrontView):
    """One form as a workbook, persons shown as the viewer may see them."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the workbook.

        Raises:
            Http404: If there is no such table or unit, or the day has not come.
        """
        now = clock.now()
        today = clock.day_of(now)
        asked = request.GET.get("on", str(today)), request.GET.get("year", str(today.year - 1))
        try:
            on, year = _wanted(*asked)
            document = ledgers.document_of(
                self.viewer, kwargs["code"], numbers=[kwargs["number"]], on=on, year=year, now=now
            )
            body = workbooks.xlsx(document)
        except NOT_THERE as error:
            raise Http404(str(error)) from error
        name = f"{kwargs['code']}-{kwargs['number']}-{on.isoformat()}.xlsx"
        return _download(body, exports.XLSX, name)


class PackageFile(FrontView):
    """A package's PDF or its workbook."""

    permission = Permission.VIEW_READINGS

    def get(self, request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file; where it is not made yet, lead to the page that says how far it is.

        Raises:
            Http404: If there is no such package in reach, or no such kind of file.
        """
        if kwargs["kind"] not in KINDS:
            raise Http404(kwargs["kind"])
        number = kwargs["package_id"]
        try:
            file = ledgers.file_of(self.viewer, number, is_workbook=KINDS[kwargs["kind"]])
        except ledgers.UnknownPackage as error:
            raise Http404(str(error)) from error
        except ledgers.NotMade:
            messages.info(request, _("The forms are not made yet."))
            code, _name, _day = ledgers.units_of_packages([number])[number]
            return HttpResponseRedirect(resolve_url("unit-ledger", code))
        return _download(file.body, file.media_type, file.name)


def _wanted(on: str, year: str) -> tuple[date, int]:
    """Return the day and the year of the balance that are asked for.

    Raises:
        NoDay: If they are none.
    """
    if not (year.isascii() and year.isdigit() and len(year) <= len("2026")):
        raise NoDay(f"{year} is no year")
    try:
        return date.fromisoformat(on), int(year)
    except ValueError as error:
        raise NoDay(f"{on} is no day") from error


def _download(body: bytes, media_type: str, name: str) -> HttpResponse:
    """Return a file to be kept, not shown."""
    disposition = content_disposition_header(True, name)
    return HttpResponse(
        body, content_type=media_type, headers={"Content-Disposition": disposition or ""}
    )
