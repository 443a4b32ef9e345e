"""Forms by which a unit tells of a change of its meter, one for each kind of change."""

from fractions import Fraction
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.registry.instruments.queries import InstrumentRow
from hengneng.registry.instruments.rules.changes import Said
from hengneng.registry.points.queries import PointRow

MINUTE = "%Y-%m-%dT%H:%M"
MOMENTS = (MINUTE, "%Y-%m-%dT%H:%M:%S", "%Y-%m-%d %H:%M", "%Y-%m-%d %H:%M:%S")
PLACES, DIGITS = 9, 24
TEXT_MAX = 200


class There(NamedTuple):
    """What the unit has that a change can be about."""

    points: list[PointRow]
    instruments: list[InstrumentRow]


class ChangeForm(forms.Form):
    """What every kind of change is told with."""

    happened_at = forms.DateTimeField(
        label=_("When it changed"),
        help_text=_("To the minute, as the work sheet says. Readings before and after tell apart."),
        input_formats=MOMENTS,
        widget=forms.DateTimeInput(attrs={"type": "datetime-local"}, format=MINUTE),
    )
    remark = forms.CharField(
        label=_("Remark"),
        max_length=TEXT_MAX,
        required=False,
    )
    subject: str  # the field that says what it is about
    field_order: tuple[str, ...] = ()

    def __init__(self, *args: Any, there: There, is_told: bool = False, **kwargs: Any) -> None:
        """Offer what the unit has; where it was told before, what it is about stays."""
        super().__init__(*args, **kwargs)
        self._offer("point", chosen([(p.id, f"{p.code} {p.name}") for p in there.points]))
        named = [(i.id, instrument_named(i)) for i in there.instruments]
        self._offer("instrument", chosen(named))
        self._offer("new_point", [("", _("none")), *((p.code, p.name) for p in there.points)])
        if is_told:
            del self.fields[self.subject]

    def _offer(self, field: str, choices: list[tuple[Any, Any]]) -> None:
        if field in self.fields:
            # The stubs know a field of this form only as a Field.
            self.fields[field].choices = choices  # type: ignore[attr-defined]

    def about(self) -> dict[str, int | None]:
        """Return the point and the instrument that it is about."""
        given = self.cleaned_data
        return {"point_id": given.get("point"), "instrument_id": given.get("instrument")}

    def said(self) -> Said:
        """Return what is told."""
        given = {f: v for f, v in self.cleaned_data.items() if f in Said._fields}
        return Said(**given)


def _text(label: Any, max_length: int = TEXT_MAX, **more: Any) -> forms.CharField:
    return forms.CharField(label=label, max_length=max_length, required=False, **more)


def _register(label: Any, **more: Any) -> forms.DecimalField:
    return forms.DecimalField(
        label=label, max_digits=DIGITS, decimal_places=PLACES, min_value=0, **more
    )


def _point() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("Point"), coerce=int)


def _instrument() -> forms.TypedChoiceField:
    return forms.TypedChoiceField(label=_("Instrument"), coerce=int)


class ExchangeForm(ChangeForm):
    """Another meter stands at the point."""

    point = _point()
    before_value = _register(
        _("Old meter, last reading"),
        help_text=_("What its register showed when it was taken down, before any ratio."),
    )
    after_value = _register(
        _("New meter, first reading"),
        help_text=_("What its register showed when it was put up; often 0."),
    )
    new_number = _text(
        _("New meter, number in your ledger"),
        60,
        help_text=_("If the ledger does not hold it yet, it is entered with what stands below."),
    )
    new_serial_number = _text(_("New meter, maker's number"), 60)
    new_name = _text(_("New meter, name"), 120)
    new_model = _text(_("New meter, model"), 80)
    new_maker = _text(_("New meter, maker"), 120)
    new_class = _text(_("New meter, accuracy class"), 20)
    new_key = _text(
        _("New meter, name in the data"),
        120,
        help_text=_("Only if your device sends it under another name: R:meter:register."),
    )
    subject = "point"
    field_order = (
        "point",
        "happened_at",
        "before_value",
        "after_value",
        "new_number",
        "new_serial_number",
        "new_name",
        "new_model",
        "new_maker",
        "new_class",
        "new_key",
        "remark",
    )


class RatioForm(ChangeForm):
    """Another CT or PT."""

    point = _point()
    ratio = forms.CharField(
        label=_("New ratio"),
        max_length=40,
        help_text=_("CT × PT as one number or fraction: 80, or 400/5. It multiplies each reading."),
    )
    subject = "point"
    field_order = ("point", "happened_at", "ratio", "remark")

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


class MoveForm(ChangeForm):
    """The instrument stands elsewhere."""

    instrument = _instrument()
    new_point = forms.ChoiceField(
        label=_("Point it stands at now"),
        help_text=_("None: it stays at its point, and only the place is another."),
        required=False,
    )
    new_place = _text(_("Place it stands at now"))
    subject = "instrument"
    field_order = ("instrument", "happened_at", "new_point", "new_place", "remark")

    def said(self) -> Said:
        """Return what is told."""
        return super().said()._replace(new_point_code=self.cleaned_data["new_point"])


class StopForm(ChangeForm):
    """The instrument is out of use."""

    instrument = _instrument()
    subject = "instrument"
    field_order = ("instrument", "happened_at", "remark")


FORMS: dict[str, type[ChangeForm]] = {
    "EXCHANGE": ExchangeForm,
    "RATIO": RatioForm,
    "MOVE": MoveForm,
    "STOP": StopForm,
}


def chosen(choices: list[tuple[Any, Any]]) -> list[tuple[Any, Any]]:
    """Return the choices of a field; where there are several none is chosen beforehand."""
    return choices if len(choices) == 1 else [("", _("choose")), *choices]


def instrument_named(row: InstrumentRow) -> str:
    """Return an instrument as a choice shows it: number, name, and the point it stands at."""
    return f"{row.number} {row.name}" + (f" · {row.point_code}" if row.point_code else "")


def initial_of(said: Said, **more: Any) -> dict[str, Any]:
    """Return what was told as a form begins with it."""
    return {**said._asdict(), "new_point": said.new_point_code, **more}
