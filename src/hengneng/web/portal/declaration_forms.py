"""Forms by which a unit declares what is to change in its ledger, one for each kind."""

from abc import abstractmethod
from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from decimal import Decimal
from fractions import Fraction
from types import MappingProxyType
from typing import Any, ClassVar, NamedTuple

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext_lazy as _

from hengneng.protocol import codes
from hengneng.registry.declarations import rules
from hengneng.registry.declarations.rules import Content
from hengneng.registry.energy import queries as energy
from hengneng.registry.energy.operations import Document
from hengneng.web.parts import declared, marks, tags

MONTH = "%Y-%m"
FIRST_DAY, LAST_DAY = date(2000, 1, 1), date(2099, 12, 31)
SLOTS = ((300, "5 min"), (900, "15 min"), (1800, "30 min"), (3600, "60 min"))
DOCUMENTS = _("pdf, ofd, png or jpg, at most 20 MB.")
KEPT = _("Empty: the one that is kept already.")
YES, NO = "yes", "no"
Choices = list[tuple[Any, Any]]


class There(NamedTuple):
    """What the unit and the city have that a declaration can name, as choices by code."""

    site: Choices
    parent: Choices
    feeds: Choices
    district: Choices


def _text(field: str, max_length: int, **more: Any) -> forms.CharField:
    label = declared.FIELDS[field]
    return forms.CharField(label=label, max_length=max_length, **({"required": False} | more))


def _choice(field: str, choices: Any = (), **more: Any) -> forms.ChoiceField:
    return forms.ChoiceField(label=declared.FIELDS[field], choices=choices, **more)


def _day(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    kept = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(label=label, widget=widget, validators=kept, **more)


def _month(label: Any, **more: Any) -> forms.DateField:
    widget = forms.DateInput(attrs={"type": "month", "placeholder": "2026-05"}, format=MONTH)
    kept = [MinValueValidator(FIRST_DAY), MaxValueValidator(LAST_DAY)]
    return forms.DateField(
        label=label, widget=widget, input_formats=[MONTH], validators=kept, **more
    )


def _types() -> Choices:
    measured = (row for row in energy.energy_types() if row.kind != energy.INDICATOR)
    return [(row.code, f"{tags.name(row)}, {tags.measure(row.uom)}") for row in measured]


def _fuels() -> Choices:
    rows = energy.measurable_types()
    return [
        ("", _("choose")),
        *((row.code, f"{tags.name(row)}, {tags.measure(row.uom)}") for row in rows),
    ]


class DeclarationForm(forms.Form):
    """What every kind is declared with: since when, and what shows it."""

    valid_from = _day(
        _("So from"), help_text=_("The first day of which this is true; earlier days stay.")
    )
    proof = forms.FileField(label=_("What shows it"), help_text=DOCUMENTS, required=False)
    none: ClassVar[Any] = _("none")
    first: ClassVar[tuple[str, ...]] = ()  # fields that stand before the common ones

    def __init__(
        self,
        *args: Any,
        there: There,
        point: str = "",
        is_kept: bool = False,
        known: Mapping[str, Any] = MappingProxyType({}),
        **kwargs: Any,
    ) -> None:
        """Offer what there is; where a document is kept already, another one is optional."""
        super().__init__(*args, **kwargs)
        self.point, self.known = point, known
        for field, choices in there._asdict().items():
            if field in self.fields:
                offered = choices if field == "district" else [("", self.none), *choices]
                # The stubs know a field of this form only as a Field.
                self.fields[field].choices = offered  # type: ignore[attr-defined]
        if is_kept and "proof" in self.fields:
            self.fields["proof"].required, self.fields["proof"].help_text = False, KEPT
        self.order_fields([*self.first, "valid_from", "last", "proof"])

    def said(self, *fields: str) -> dict[str, Any]:
        """Return what was entered of these fields."""
        return {field: self.cleaned_data[field] for field in fields}

    def touched(self, *fields: str) -> dict[str, Any]:
        """Return what was entered otherwise than it is now; where nothing was but the day, all.

        What the form began with is today's: left as it stands, it says nothing of an earlier day.
        """
        said = self.said(*fields)
        other = {
            field: value for field, value in said.items() if value != (self.known.get(field) or "")
        }
        return other or said

    @abstractmethod
    def content(self) -> Content:
        """Return what is declared."""

    def document(self) -> Document | None:
        """Return the document; None where none was brought."""
        upload = self.cleaned_data.get("proof")
        return Document(upload.name or "", upload.read()) if upload else None

    def person_name(self) -> str:
        """Return who is to be the legal person; empty where it is about no person."""
        return str(self.cleaned_data.get("person", ""))


class PointChangeForm(DeclarationForm):
    """How a point is from a day on."""

    name = _text("name", 120, required=True)
    level = _choice("level", list(marks.LEVELS.items()))
    flow = _choice("flow", list(marks.FLOWS.items()))
    site = _choice("site", required=False)
    parent = _choice(
        "parent", required=False, help_text=_("The point above it in your metering network.")
    )
    feeds = _choice(
        "feeds",
        required=False,
        help_text=_("The sub-unit or equipment whose consumption it meters; none: the unit's."),
    )
    first: ClassVar[tuple[str, ...]] = ("name", "level", "flow", "site", "parent", "feeds")

    def content(self) -> Content:
        """Return what is declared of the point."""
        told = self.touched("name", "level", "flow", "site", "parent", "feeds")
        return rules.PointChange(self.point, self.cleaned_data["valid_from"], **told)


class NewPointForm(PointChangeForm):
    """A point that the ledger does not hold yet."""

    code = _text("code", 40, required=True, help_text=_("Your own code of it, such as E-07."))
    energy_type = _choice("energy_type", _types)
    kind = _choice(
        "kind",
        list(marks.KINDS.items()),
        help_text=_("Register readings come from a meter, amounts come under a data code."),
    )
    slot_seconds = forms.TypedChoiceField(
        label=declared.FIELDS["slot_seconds"], choices=SLOTS, coerce=int, initial=900
    )
    ratio = _text(
        "ratio",
        40,
        initial="1",
        required=True,
        help_text=_("CT × PT as one number or fraction: 80, or 400/5. It multiplies each reading."),
    )
    key = _text(
        "key",
        100,
        help_text=_(
            "Its data code of 16 digits, or R:meter:register as your device names it. Empty: not"
            " known yet."
        ),
    )
    first = (
        "code", "name", "energy_type", "level", "flow", "site", "parent", "feeds", "kind", "key",
        "ratio", "slot_seconds",
    )  # fmt: skip

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Choose nothing beforehand of what counts."""
        super().__init__(*args, **kwargs)
        for field in ("energy_type", "level", "kind"):
            offered = self.fields[field].choices  # type: ignore[attr-defined]
            self.fields[field].choices = [("", _("choose")), *offered]  # type: ignore[attr-defined]

    def clean_ratio(self) -> Fraction:
        """Return the ratio.

        Raises:
            ValidationError: If it is no positive number.
        """
        try:
            ratio = Fraction(self.cleaned_data["ratio"].replace(" ", "").replace("／", "/"))
        except (ValueError, ZeroDivisionError) as error:
            raise forms.ValidationError(_("Write a number, such as 80 or 400/5.")) from error
        if ratio <= 0:
            raise forms.ValidationError(_("A ratio is above zero."))
        return ratio

    def clean_key(self) -> str:
        """Return what feeds it, a bare data code as the ledger writes it."""
        key = str(self.cleaned_data["key"]).strip()
        try:
            return f"N:{codes.canonical(key)}"
        except codes.BadCode:
            return key  # the registry says what is wrong with it, if anything

    def content(self) -> Content:
        """Return the point."""
        return rules.NewPoint(**self.said(*self.first, "valid_from"))


class HeatValueForm(DeclarationForm):
    """What a fuel was measured to give over whole months."""

    valid_from = _month(_("First month"))
    last = _month(
        _("Last month"), help_text=_("Empty: until another value is recorded."), required=False
    )
    energy_type = _choice("energy_type", _fuels)
    heat_value_kj = forms.DecimalField(
        label=declared.FIELDS["heat_value_kj"],
        help_text=_("kJ per unit of measure of the fuel; values taken by day as the month's mean."),
        max_digits=24,
        decimal_places=6,
        min_value=Decimal("0.000001"),
    )
    report = _text("report", 60, required=True)
    laboratory = _text("laboratory", 120, required=True)
    proof = forms.FileField(label=_("The report"), help_text=DOCUMENTS)
    first = ("energy_type", "heat_value_kj", "report", "laboratory")

    def content(self) -> Content:
        """Return the heat value."""
        last = self.cleaned_data["last"]
        until = (last.replace(day=1) + timedelta(days=31)).replace(day=1) if last else None
        begins = self.cleaned_data["valid_from"]
        return rules.HeatValue(**self.said(*self.first), first=begins, until=until)


class ParticularsForm(DeclarationForm):
    """What is so of the unit from a day on."""

    sector = _text("sector", 40)
    address = _text("address", 200)
    industry_code = _text("industry_code", 8)
    industry_name = _text("industry_name", 80)
    department = _text("department", 80)
    first = ("industry_code", "industry_name", "department", "address", "sector")

    def content(self) -> Content:
        """Return the particulars."""
        return rules.Particulars(self.cleaned_data["valid_from"], **self.touched(*self.first))


class LegalPersonForm(DeclarationForm):
    """Who is the unit's legal person from a day on."""

    # It would show the name that is kept sealed. So Django takes a field of the parent out.
    proof = None  # type: ignore[assignment]
    person = forms.CharField(label=_("Name"), max_length=60)
    first = ("person",)

    def __init__(self, *args: Any, is_told: bool = False, **kwargs: Any) -> None:
        """Ask for the name, unless it was told already."""
        super().__init__(*args, **kwargs)
        if is_told:
            self.fields["person"].required = False
            self.fields["person"].help_text = _("Empty: the one that you named already.")

    def content(self) -> Content:
        """Return since when; the name is held apart."""
        return rules.LegalPerson(self.cleaned_data["valid_from"])


class FacilityForm(DeclarationForm):
    """Whether the unit runs a facility of a kind from a day on."""

    facility = forms.ChoiceField(label=_("Facility"), choices=list(marks.FACILITIES.items()))
    is_run = _choice("is_run", [(YES, _("yes")), (NO, _("no"))])
    first = ("facility", "is_run")

    def content(self) -> Content:
        """Return the facility."""
        given = self.cleaned_data
        return rules.FacilityRun(given["facility"], given["valid_from"], given["is_run"] == YES)


class SiteForm(DeclarationForm):
    """Where a site of the unit lies from a day on."""

    valid_from = _day(
        _("So from"),
        help_text=_(
            "The first day on which it lies in that district; earlier days keep theirs. Name and"
            " address are corrected for all days."
        ),
    )
    site_code = forms.CharField(
        label=_("Site code"),
        max_length=20,
        help_text=_("Your own, such as S2. One that you have already is corrected."),
    )
    name = _text("name", 120, required=True)
    address = _text("address", 200, help_text=_("Empty: it stays as it is."))
    district = _choice("district")
    first = ("site_code", "name", "address", "district")

    def content(self) -> Content:
        """Return the site."""
        told = self.said("name", "address", "district", "valid_from")
        return rules.SitePlace(site=self.cleaned_data["site_code"], **told)


class StandingForm(DeclarationForm):
    """Whether the unit works, in a span of days."""

    state = forms.ChoiceField(
        label=_("The unit is"), choices=[(code, one.word) for code, one in marks.BUSINESS.items()]
    )
    last = _day(_("Last day"), help_text=_("Empty: until further notice."), required=False)
    reason = _text("reason", 200)
    first = ("state", "reason")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        """Say when the document is needed."""
        super().__init__(*args, **kwargs)
        if self.fields["proof"].help_text != KEPT:
            self.fields["proof"].help_text = _(
                "Needed for suspension and closure: pdf, ofd, png or jpg, at most 20 MB."
            )

    def content(self) -> Content:
        """Return the standing."""
        last = self.cleaned_data["last"]
        until = last + timedelta(days=1) if last else None
        return rules.Standing(**self.said("state", "valid_from", "reason"), until=until)


FORMS: dict[str, type[DeclarationForm]] = {
    "NEW_POINT": NewPointForm,
    "POINT": PointChangeForm,
    "HEAT_VALUE": HeatValueForm,
    "PARTICULARS": ParticularsForm,
    "LEGAL_PERSON": LegalPersonForm,
    "FACILITY": FacilityForm,
    "SITE": SiteForm,
    "STANDING": StandingForm,
}


def initial_of(content: Content) -> dict[str, Any]:
    """Return what was declared as its form begins with it."""
    given = dict(content._asdict())
    until = given.pop("until", None)
    if isinstance(content, rules.HeatValue):
        given["valid_from"] = given.pop("first")
    if isinstance(content, rules.FacilityRun):
        given["is_run"] = YES if content.is_run else NO
    if isinstance(content, rules.SitePlace):
        given["site_code"] = given.pop("site")
    return given | {"last": until - timedelta(days=1) if until else None}


def named(rows: Sequence[Any]) -> Choices:
    """Return rows with a code and a name as choices."""
    return [(row.code, f"{row.code} {row.name}") for row in rows]
