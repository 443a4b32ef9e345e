"""Certificates of a unit's instruments: brought, corrected, taken back, and their papers."""

from typing import Any, ClassVar

from django import forms
from django.contrib import messages
from django.db import transaction
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseRedirect,
)
from django.shortcuts import resolve_url
from django.utils.http import content_disposition_header
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission
from hengneng.registry.energy import operations as energy
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.operations import NewCertificate
from hengneng.registry.instruments.queries import CertificateRow, InstrumentRow
from hengneng.registry.units import queries as units
from hengneng.web.parts.views import FrontView
from hengneng.web.portal import own
from hengneng.web.portal.instrument_forms import CertificateForm, certificate_initial
from hengneng.web.portal.own import Aim, OwnAct, OwnForm
from hengneng.web.portal.views.instruments import instrument_of

NOT_BROUGHT = gettext_lazy(
    "You have not brought this certificate; what is wrong with it your district corrects."
)


class NotBrought(Exception):
    """The certificate was brought by somebody else, so it is not the viewer's to take back."""


class _Certificate(OwnForm):
    """A form about a certificate of one instrument."""

    chapter = "portal-instruments"
    form_class = CertificateForm
    anticipated = {
        energy.DocumentRefused: gettext_lazy(
            "A document is a pdf, ofd, png or jpg of at most 20 MB, and not empty."
        ),
        instruments.BadCertificate: gettext_lazy(
            "A certificate is not given later than today, and not due before it was given."
        ),
        instruments.CertificateExists: gettext_lazy(
            "This instrument has a certificate of that number already."
        ),
        instruments.CertificateNotBelieved: gettext_lazy(
            "Somebody has corrected it in the meantime."
        ),
    }
    beside: ClassVar[dict[type[Exception], str]] = {
        energy.DocumentRefused: "document",
        instruments.BadCertificate: "verified_on",
        instruments.CertificateExists: "number",
    }

    def row(self) -> InstrumentRow:
        """Return the instrument."""
        return instrument_of(self, self.unit, self.kwargs["instrument_id"])

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return self.beside.get(type(error))

    def leads_to(self) -> str:
        """Return to the instrument."""
        code, instrument_id = self.kwargs["code"], self.kwargs["instrument_id"]
        return resolve_url("portal-instrument", code, instrument_id) + "#certificates"

    @transaction.atomic
    def keep(self, certificate: NewCertificate, document: energy.Document | None) -> None:
        """Keep the paper and what it says, both or neither."""
        by, at = self.viewer.account_id, clock.now()
        if document is not None:
            file_id = energy.keep_document(document=document, by=by, at=at)
            certificate = certificate._replace(file_id=file_id)
        instruments.enter_certificates(certificates=[certificate], by=by, at=at)


class BringCertificate(_Certificate):
    """Enter a certificate with its paper."""

    def aim(self) -> Aim:
        """Return what the form is for."""
        row = self.row()
        advice = _("From its day on until it is due, the instrument has the class that it gives.")
        return Aim(_("Enter a certificate"), _("Enter"), (advice,), f"{row.number} {row.name}")

    def form(self) -> forms.Form:
        """Return the form."""
        return CertificateForm(*self.sent())

    def act(self, form: Any) -> Any:
        """Enter it."""
        told = NewCertificate(instrument_id=self.row().id, **form.told())
        self.keep(told, form.document_brought())
        return _("The certificate is entered.")


class CorrectCertificate(_Certificate):
    """Correct a certificate that one has brought oneself."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        """Answer; whoever has not brought it is told so at the instrument."""
        try:
            return super().dispatch(request, *args, **kwargs)
        except NotBrought:
            messages.error(request, NOT_BROUGHT)
            return HttpResponseRedirect(self.leads_to())

    def certificate(self) -> CertificateRow:
        """Return the certificate."""
        return brought_by(self, self.row(), self.kwargs["certificate_id"])

    def aim(self) -> Aim:
        """Return what the form is for."""
        return Aim(_("Correct a certificate"), _("Save"), (), self.row().number)

    def form(self) -> forms.Form:
        """Return the form, filled in with what the certificate is known to say."""
        initial = certificate_initial(self.certificate())
        return CertificateForm(*self.sent(), is_kept=True, initial=initial)

    def act(self, form: Any) -> Any:
        """Correct it; a paper brought anew takes the place of the former."""
        known = self.certificate()
        told = NewCertificate(
            instrument_id=known.instrument_id,
            file_id=known.file_id,
            replaces=known.id,
            **form.told(),
        )
        self.keep(told, form.document_brought())
        return _("The certificate is corrected.")


class WithdrawCertificate(OwnAct):
    """Take back a certificate that one has brought oneself."""

    anticipated = {
        instruments.CertificateNotBelieved: gettext_lazy(
            "Somebody has corrected it in the meantime."
        ),
        NotBrought: NOT_BROUGHT,
    }

    def act(self) -> Any:
        """Withdraw it."""
        row = instrument_of(self, self.unit, self.kwargs["instrument_id"])
        known = brought_by(self, row, self.kwargs["certificate_id"])
        instruments.withdraw_certificate(
            certificate_id=known.id, by=self.viewer.account_id, at=clock.now()
        )
        return _("The certificate is withdrawn; what was reported before stays as it was.")


class CertificateFile(FrontView):
    """A certificate's paper, always to be saved, never shown inside this site."""

    permission = Permission.VIEW_READINGS

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such certificate in reach, or it has no paper.
        """
        try:
            unit = units.unit_row(self.viewer, self.permission, kwargs["code"])
            row = instrument_of(self, unit, kwargs["instrument_id"])
            known = certificate_of(row, kwargs["certificate_id"])
        except own.NOT_THERE as error:
            raise Http404(str(error)) from error
        if known.file_id is None:
            raise Http404(f"certificate {known.id} has no paper")
        paper = files.kept([known.file_id])[known.file_id]
        return HttpResponse(
            files.read(known.file_id),
            content_type=paper.media_type,
            headers={"Content-Disposition": content_disposition_header(True, paper.name) or ""},
        )


def certificate_of(row: InstrumentRow, certificate_id: int) -> CertificateRow:
    """Return the instrument's certificate.

    Raises:
        UnknownCertificate: If there is none that is believed.
    """
    for one in queries.certificates_of([row.id]):
        if one.id == certificate_id:
            return one
    raise queries.UnknownCertificate(f"no certificate {certificate_id} of instrument {row.id}")


def brought_by(view: Any, row: InstrumentRow, certificate_id: int) -> CertificateRow:
    """Return the certificate, if the viewer has brought its paper.

    What came from the verification bodies' records is not the unit's to take back.

    Raises:
        UnknownCertificate: If there is none.
        NotBrought: If somebody else has brought it.
    """
    known = certificate_of(row, certificate_id)
    papers = files.kept([known.file_id] if known.file_id is not None else [])
    if not any(paper.kept_by == view.viewer.account_id for paper in papers.values()):
        raise NotBrought(f"certificate {certificate_id} is not the viewer's own")
    return known
