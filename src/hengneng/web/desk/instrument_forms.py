"""Forms about instruments: a change sent back, a proposed one confirmed, certificates."""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.registry.energy.operations import Document
from hengneng.registry.instruments.queries import CertificateRow, InstrumentRow
from hengneng.registry.instruments.rules.kinds import kinds
from hengneng.web.desk.energy_forms import DOCUMENTS, document_of
from hengneng.web.parts import marks, tags

REASON_MOST = 500


class SendBackForm(forms.Form):
    """Why a change notice goes back to its unit."""

    reason = forms.CharField(
        label=_("What the unit has to mend"),
        help_text=_("The unit reads it beside its notice; the sentence is kept."),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class DeclarationBackForm(SendBackForm):
    """Why a declaration goes back to its unit, and which one was read."""

    seen_at = forms.CharField(widget=forms.HiddenInput, required=False)


class WithdrawCertificateForm(forms.Form):
    """Why a certificate is believed no longer."""

    reason = forms.CharField(
        label=_("Reason"),
        help_text=_("It is kept in the audit log."),
        max_length=REASON_MOST,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


def kind_choices() -> list[tuple[str, Any]]:
    """Return the kinds of instruments in the reader's language, first the one not known."""
    return [("", _("As the name says")), *((one.code, tags.name(one)) for one in kinds().values())]


class ConfirmInstrumentForm(forms.Form):
    """What a person adds to an instrument that a terminal describes."""

    instrument = forms.TypedChoiceField(
        label=_("Instrument of the ledger"),
        help_text=_("The one that it is; what the terminal tells is entered there."),
        coerce=int,
        empty_value=None,
        required=False,
    )
    number = forms.CharField(
        label=_("Number in the unit's ledger"),
        help_text=_("For a new instrument whose number the terminal did not tell."),
        max_length=60,
        required=False,
    )
    kind = forms.ChoiceField(label=_("Kind of instrument"), choices=kind_choices, required=False)

    def __init__(self, *args: Any, there: Sequence[InstrumentRow], **kwargs: Any) -> None:
        """Offer the unit's instruments."""
        super().__init__(*args, **kwargs)
        known = [(one.id, f"{one.number} {one.name}") for one in there]
        # The stubs know a field of this form only as a Field.
        self.fields["instrument"].choices = [  # type: ignore[attr-defined]
            ("", _("The one of its number, else a new one")),
            *known,
        ]


def _day(**words: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    return forms.DateField(widget=widget, **words)


class CertificateForm(forms.Form):
    """What a certificate says."""

    number = forms.CharField(
        label=_("Number of the certificate"),
        help_text=_("Empty only where none is known."),
        max_length=80,
        required=False,
    )
    kind = forms.ChoiceField(
        label=_("Kind of certificate"), choices=list(marks.CERTIFICATES.items())
    )
    body = forms.CharField(label=_("Verified or calibrated by"), max_length=120, required=False)
    verified_on = _day(label=_("Day of verification or calibration"))
    result = forms.ChoiceField(label=_("Result"), choices=list(marks.RESULTS.items()))
    accuracy_class = forms.CharField(
        label=_("Class that it gives"),
        help_text=_("It counts while the certificate holds. Empty: the ledger's class counts."),
        max_length=20,
        required=False,
    )
    due_on = _day(
        label=_("No longer valid from"),
        help_text=_(
            "The first day on which it holds no more, where the certificate states one. Empty: it"
            " is counted by the unit's own cycle and the regulation."
        ),
        required=False,
    )
    document = forms.FileField(label=_("The certificate"), help_text=DOCUMENTS, required=False)

    def told(self) -> dict[str, Any]:
        """Return what the certificate says, without its file."""
        return {name: value for name, value in self.cleaned_data.items() if name != "document"}

    def brought(self) -> Document | None:
        """Return the file; None where none was sent."""
        upload = self.cleaned_data["document"]
        return document_of(upload) if upload else None


def certificate_initial(row: CertificateRow) -> dict[str, Any]:
    """Return a certificate as its form begins with it: the due day only where it states one."""
    return {**row._asdict(), "due_on": row.due_on if row.due_by == "CERTIFICATE" else None}
