"""Certificates of instruments on the desk: enter, correct, withdraw with a reason, their files."""

from collections.abc import Mapping
from typing import Any, ClassVar

from django import forms
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.utils.http import content_disposition_header
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.files import queries as files
from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.registry.energy import operations as documents
from hengneng.registry.instruments import operations as instruments
from hengneng.registry.instruments import queries
from hengneng.registry.instruments.queries import CertificateRow, InstrumentRow
from hengneng.registry.units import queries as units
from hengneng.registry.units.queries import UnitRow
from hengneng.web.desk.instrument_forms import (
    CertificateForm,
    WithdrawCertificateForm,
    certificate_initial,
)
from hengneng.web.desk.views.factors import REFUSED
from hengneng.web.parts.views import FormView, FrontView

NOT_THERE = (units.UnknownUnit, queries.UnknownInstrument, queries.UnknownCertificate)
CHANGED = _("Somebody else has corrected this certificate in the meantime; look at it again.")


class _Certificate(FormView):
    """A form about a certificate of one instrument."""

    permission = Permission.EDIT_REGISTRY
    template = "desk/unit/certificate.html"
    form_class: ClassVar[type[forms.Form]] = CertificateForm
    not_there = NOT_THERE
    title: Any
    button: Any
    anticipated = {
        documents.DocumentRefused: REFUSED,
        instruments.BadCertificate: _(
            "A certificate is given today at the latest, and is due after it was given."
        ),
        instruments.CertificateExists: _(
            "The instrument has a certificate of this number, or one without a number of this day."
        ),
        instruments.CertificateNotBelieved: CHANGED,
    }
    beside: ClassVar[Mapping[type[Exception], str]] = {
        documents.DocumentRefused: "document",
        instruments.BadCertificate: "verified_on",
        instruments.CertificateExists: "number",
    }

    def context(self) -> dict[str, Any]:
        """Return the unit, the instrument and what the form is for."""
        unit, row = instrument_of(self.viewer, self.permission, **self.kwargs)
        return {"unit": unit, "row": row, "title": self.title, "button": self.button}

    def initial(self) -> dict[str, Any]:
        """Return what the form begins with."""
        return {}

    def form(self) -> forms.Form:
        """Return the form, with its file where one was sent.

        Raises:
            Http404: If there is no such certificate in reach.
        """
        sent = self.request.method == "POST"
        try:
            initial = self.initial()
        except NOT_THERE as error:
            raise Http404(str(error)) from error
        told, papers = (self.request.POST, self.request.FILES) if sent else (None, None)
        return self.form_class(told, papers, initial=initial)

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return self.beside.get(type(error))

    def leads_to(self) -> str:
        """Return to the instrument."""
        return resolve_url("unit-instrument", self.kwargs["code"], self.kwargs["instrument_id"])

    @transaction.atomic
    def enter(
        self, certificate: instruments.NewCertificate, document: documents.Document | None
    ) -> None:
        """Keep the file and what the certificate says, both or neither."""
        by, at = self.viewer.account_id, clock.now()
        if document is not None:
            file_id = documents.keep_document(document=document, by=by, at=at)
            certificate = certificate._replace(file_id=file_id)
        instruments.enter_certificates(certificates=[certificate], by=by, at=at)


class EnterCertificate(_Certificate):
    """Enter a certificate."""

    title = _("Enter a certificate")
    button = _("Enter the certificate")

    def act(self, form: Any) -> Any:
        """Enter it."""
        _unit, row = instrument_of(self.viewer, self.permission, **self.kwargs)
        told = instruments.NewCertificate(instrument_id=row.id, **form.told())
        self.enter(told, form.brought())
        return _("The certificate is entered.")


class CorrectCertificate(_Certificate):
    """Correct what a certificate is known to say."""

    title = _("Correct a certificate")
    button = _("Correct the certificate")

    def initial(self) -> dict[str, Any]:
        """Return what it is known to say."""
        return certificate_initial(certificate_of(self.viewer, self.permission, **self.kwargs))

    def act(self, form: Any) -> Any:
        """Correct it; without a new file the kept one stays."""
        known = certificate_of(self.viewer, self.permission, **self.kwargs)
        told = instruments.NewCertificate(
            instrument_id=known.instrument_id,
            file_id=known.file_id,
            replaces=known.id,
            **form.told(),
        )
        self.enter(told, form.brought())
        return _("The certificate is corrected; days on which its class changes are worked anew.")


class WithdrawCertificate(_Certificate):
    """Believe from now on that a certificate never was."""

    form_class = WithdrawCertificateForm
    title = _("Withdraw a certificate")
    button = _("Withdraw the certificate")

    def context(self) -> dict[str, Any]:
        """Return the instrument and the certificate."""
        known = certificate_of(self.viewer, self.permission, **self.kwargs)
        return {**super().context(), "certificate": known}

    def act(self, form: Any) -> Any:
        """Withdraw it."""
        instruments.withdraw_certificate(
            certificate_id=certificate_of(self.viewer, self.permission, **self.kwargs).id,
            by=self.viewer.account_id,
            at=clock.now(),
            reason=form.cleaned_data["reason"],
        )
        return _("The certificate is withdrawn; what was reported before stays.")


class CertificateFile(FrontView):
    """A certificate's file, always to be saved, never shown inside this site."""

    permission = Permission.VIEW_READINGS

    def get(self, _request: HttpRequest, **kwargs: Any) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such certificate in reach, or it has no file.
        """
        try:
            known = certificate_of(self.viewer, self.permission, **kwargs)
        except NOT_THERE as error:
            raise Http404(str(error)) from error
        if known.file_id is None:
            raise Http404(f"certificate {known.id} has no file")
        row = files.kept([known.file_id])[known.file_id]
        named = content_disposition_header(True, row.name) or ""
        return HttpResponse(
            files.read(known.file_id),
            content_type=row.media_type,
            headers={"Content-Disposition": named},
        )


def instrument_of(
    viewer: Viewer, permission: Permission, **kwargs: Any
) -> tuple[UnitRow, InstrumentRow]:
    """Return the unit and its instrument that an address names.

    Raises:
        UnknownUnit, UnknownInstrument: If there is none in reach.
    """
    unit = units.unit_row(viewer, permission, kwargs["code"])
    unit_id, row = queries.instrument_by_id(viewer, permission, kwargs["instrument_id"])
    if unit_id != unit.id:
        raise queries.UnknownInstrument(f"no instrument {row.id} of {unit.code}")
    return unit, row


def certificate_of(viewer: Viewer, permission: Permission, **kwargs: Any) -> CertificateRow:
    """Return the certificate that an address names, as believed now.

    Raises:
        UnknownUnit, UnknownInstrument, UnknownCertificate: If there is none in reach.
    """
    _unit, row = instrument_of(viewer, permission, **kwargs)
    for one in queries.certificates_of([row.id]):
        if one.id == kwargs["certificate_id"]:
            return one
    raise queries.UnknownCertificate(f"no certificate {kwargs['certificate_id']}")
