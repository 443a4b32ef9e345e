"""Forms of a list brought by a file: the file, its sheet and headings, its columns."""

from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import PurePath
from typing import Any, NamedTuple

from django import forms
from django.utils.translation import gettext_lazy as _

from hengneng.kernel.imports import rules, tables
from hengneng.kernel.imports.queries import Layout
from hengneng.kernel.imports.rules import Column, Header, How, Match, Reading
from hengneng.kernel.imports.rules.columns import TRUSTED, plain_heading
from hengneng.web.parts import imported

ROW_LAST = 200_000
CONSTANT_LONGEST, PROFILE_LONGEST = 200, 80
# From this confidence on a suggestion is chosen beforehand; below TRUSTED it asks to be checked.
CHOSEN = 0.6
HOW = {
    How.NAME: _("by its name"),
    How.ALIAS: _("by another name in use"),
    How.SIMILAR: _("by likeness"),
    How.CONTENT: _("by what stands below"),
}


class FileField(forms.FileField):
    """A file of a size and a kind that may be imported."""

    def clean(self, *args: Any, **kwargs: Any) -> Any:
        """Return the upload.

        Raises:
            ValidationError: If there is none, or it may not be.
        """
        upload = super().clean(*args, **kwargs)
        if upload and (upload.size or 0) > tables.BYTES_MAX:
            said = _("The file is over %(size)s MB.") % {"size": tables.BYTES_MAX // 1024**2}
            raise forms.ValidationError(said)
        return upload


def _accepting() -> forms.FileInput:
    return forms.FileInput(attrs={"accept": ".xlsx,.csv"})


class BringForm(forms.Form):
    """A list and what it lists."""

    kind = forms.ChoiceField(label=_("What it lists"))
    file = FileField(
        label=_("File"),
        help_text=_(
            ".xlsx or .csv, at most 100 MB, without macros and formulas. The list may stand on any"
            " sheet, with a title above it. Nothing is imported before you have seen what it"
            " would change."
        ),
        widget=_accepting(),
    )

    def __init__(
        self, *args: Any, offered: Sequence[tuple[str, Any, Any]] = (), **kwargs: Any
    ) -> None:
        """Offer the kinds that are taken: code, name, what it holds."""
        super().__init__(*args, **kwargs)
        named = [(kind, name) for kind, name, _holds in offered]
        choices = [("", _("Choose what it lists")), *named]
        self.fields["kind"].choices = choices  # type: ignore[attr-defined]


class MendedForm(forms.Form):
    """The list of refused rows, mended."""

    mended = FileField(
        label=_("Mended list"),
        help_text=_(
            "The downloaded list of refused rows, corrected. A row of which you leave only the"
            " number is taken out of the import."
        ),
        widget=_accepting(),
    )


class SheetForm(forms.Form):
    """Where the list stands."""

    sheet = forms.ChoiceField(label=_("Sheet"), required=False)
    first = forms.IntegerField(
        label=_("First row of headings"),
        min_value=1,
        max_value=ROW_LAST,
        help_text=_("Row number as the spreadsheet shows it."),
    )
    last = forms.IntegerField(
        label=_("Last row of headings"),
        min_value=1,
        max_value=ROW_LAST,
        help_text=_("The same where the headings stand in one row; three rows at most."),
    )

    def __init__(self, data: Any, *, sheets: Sequence[str], initial: dict[str, Any]) -> None:
        """Make it for a file's sheets."""
        super().__init__(data, initial=initial)
        if len(sheets) > 1:
            choices = [(name, name) for name in sheets]
            self.fields["sheet"].choices = choices  # type: ignore[attr-defined]
        else:
            del self.fields["sheet"]

    def clean(self) -> dict[str, Any]:
        """Hold the rows against one another.

        Raises:
            ValidationError: If the last lies above the first, or too far below it.
        """
        given = super().clean() or {}
        first, last = given.get("first"), given.get("last")
        if first and last and not first <= last < first + rules.HEADER_ROWS_MAX:
            self.add_error("last", _("Headings stand in one to three rows, the last not above."))
        return given

    def reading(self, now: Reading) -> Reading:
        """Return how the file is to be read; what was not changed stays recognised or chosen."""
        if not self.has_changed():
            return now
        given = self.cleaned_data
        header = Header(given["first"], given["last"])
        # Other headings, other columns: what was chosen for the old ones means nothing.
        return Reading(given.get("sheet", now.sheet), header, None, now.constants)


class Line(NamedTuple):
    """A canonical column in the form.

    Attributes:
        column: The column.
        name: Its heading in the reader's language.
        help: What goes into it.
        at: The field that says where it stands in the file.
        given: The field that says what counts where a cell is blank.
        match: What was recognised; None: nothing.
        how: By what, in words.
        is_sure: Whether it needs no look.
        example: What stands there in the first rows.
    """

    column: Column
    name: str
    help: str
    at: forms.BoundField
    given: forms.BoundField
    match: Match | None
    how: Any
    is_sure: bool
    example: str


class ColumnsForm(forms.Form):
    """Which heading is which column, and what counts where a cell is blank."""

    profile = forms.CharField(
        label=_("Keep this way of reading under a name"),
        help_text=_("For the next file of the same origin, like the system it came from."),
        max_length=PROFILE_LONGEST,
        required=False,
    )
    is_shared = forms.BooleanField(label=_("Colleagues of my body may use it"), required=False)

    def __init__(
        self,
        data: Any,
        *,
        columns: Sequence[Column],
        layout: Layout,
        reading: Reading,
        own: Mapping[str, str],
    ) -> None:
        """Make it for a file; ``own`` is what counts for blank cells before anything is said."""
        super().__init__(data)
        self.columns, self.layout, self.now = columns, layout, reading
        self.matches = {match.column: match for match in layout.matches}
        choices = [("", _("not in the file")), *((h, h) for h in _once(layout.headings))]
        for column in columns:
            self.fields[f"at_{column.name}"] = forms.ChoiceField(
                label=imported.heading(column),
                choices=choices,
                required=False,
                initial=self._beforehand(column),
            )
            self.fields[f"given_{column.name}"] = forms.CharField(
                label=imported.heading(column),
                max_length=CONSTANT_LONGEST,
                required=False,
                initial=reading.constants.get(column.name, own.get(column.name, "")),
            )

    def lines(self) -> list[Line]:
        """Return the columns as the page shows them."""
        return [self._line(column) for column in self.columns]

    def clean(self) -> dict[str, Any]:
        """Ask for every required column, and that what counts for all rows can be read.

        Raises:
            ValidationError: Never; errors stand at the fields.
        """
        given = super().clean() or {}
        for column in self.columns:
            at, text = given.get(f"at_{column.name}"), given.get(f"given_{column.name}", "")
            if column.required and at == "" and not text:
                said = _("Choose a heading, or say what counts for every row.")
                self.add_error(f"at_{column.name}", said)
            if text:
                self._check(column, text)
        return given

    def reading(self) -> Reading:
        """Return how the file is to be read."""
        given = self.cleaned_data
        names = [column.name for column in self.columns]
        texts = {name: given[f"given_{name}"] for name in names if given[f"given_{name}"]}
        mapping = {name: given[f"at_{name}"] for name in names}
        return Reading(self.now.sheet, self.now.header, mapping, texts)

    def _check(self, column: Column, text: str) -> None:
        try:
            column.parse(text)
        except ValueError as error:
            self.add_error(f"given_{column.name}", imported.reason(str(error), self.columns))

    def _beforehand(self, column: Column) -> str:
        """Return the heading chosen for a column before a person looked."""
        if self.now.mapping is not None and column.name in self.now.mapping:
            return self.now.mapping[column.name]
        match = self.matches.get(column.name)
        return match.heading if match and match.confidence >= CHOSEN else ""

    def _line(self, column: Column) -> Line:
        match = self.matches.get(column.name)
        return Line(
            column,
            imported.heading(column),
            imported.explained(column.help),
            self[f"at_{column.name}"],
            self[f"given_{column.name}"],
            match,
            HOW[match.how] if match else "",
            match is not None and match.confidence >= TRUSTED,
            _example(self.layout, match.place) if match else "",
        )


def _once(headings: Sequence[str]) -> list[str]:
    """Return the headings that stand in the file once; no other can be told apart."""
    count = Counter(plain_heading(heading) for heading in headings)
    return [heading for heading in headings if heading and count[plain_heading(heading)] == 1]


def _example(layout: Layout, place: int) -> str:
    """Return the first filled cell of a column."""
    cells = (line.cells[place] for line in layout.sample if place < len(line.cells))
    return next((cell for cell in cells if cell.strip()), "")


def brought(upload: Any) -> tuple[str, bytes]:
    """Return an upload's plain name and its bytes."""
    return PurePath(upload.name or "list").name, upload.read()
