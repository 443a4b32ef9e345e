"""The words of lists imported by the API: an import, its layout, its rows, how it is to be read."""

from typing import Annotated, Any, Literal

from ninja import Schema
from pydantic import Field, StringConstraints, model_validator

from hengneng.kernel.imports import rules
from hengneng.kernel.imports.queries import Layout, Outcome, RunView
from hengneng.kernel.imports.rules import Column, Header, Reading
from hengneng.kernel.imports.rules.columns import TRUSTED
from hengneng.web.api import spans
from hengneng.web.api.answers import Instant

State = Literal["BROUGHT", "TRYING", "READY", "REFUSED", "COMMITTING", "COMMITTED"]
Kind = Literal["units", "listings", "equipment", "points", "instruments", "certificates"]
ROW_LAST, HEADINGS_MAX = 200_000, 200
# PostgreSQL holds no NUL in a text.
Name = Annotated[str, StringConstraints(max_length=40, pattern=r"^[a-z_0-9]+$")]
Text = Annotated[str, StringConstraints(max_length=200, pattern=r"^[^\x00]*$")]
Heading = Annotated[str, StringConstraints(max_length=1000, pattern=r"^[^\x00]*$")]


class Counts(Schema):
    """Rows by what they do to the ledger. [count each]"""

    new: int = Field(examples=[12])
    changed: int = Field(examples=[3])
    unchanged: int = Field(description="Rows that say what is known already.", examples=[285])
    refused: int = Field(description="Rows that cannot be taken; one is enough to stop the import.")


class Work(Schema):
    """How far the worker's job at an import has come."""

    done: int = Field(description="Steps done; a row has two in a trial, three in a commit.")
    total: int = Field(description="Steps there are; 0 while it waits for its turn.")
    finished_at: Instant | None = Field(description="null: it goes on.")
    expected_at: Instant | None = Field(description="When it will end; null: not known.")
    failed: str = Field(description="Why it broke off, nothing being changed; empty: it did not.")


class Import(Schema):
    """A list on its way into the ledger."""

    id: int = Field(examples=[7])
    kind: Kind
    file: str = Field(description="The file's name.", examples=["instruments.xlsx"])
    state: State = Field(
        description="BROUGHT: not tried as it is read now. TRYING and COMMITTING: the worker is at"
        " it; ask again. READY: every row can be taken. REFUSED: `rows?change=REFUSED` says why."
        " COMMITTED: it is in the ledger."
    )
    brought_at: Instant
    ended_at: Instant | None = Field(description="End of the last trial, or of the commit.")
    counts: Counts | None = Field(description="As last tried or committed; null: not yet.")
    is_current: bool = Field(
        description="Whether the ledger is still as it was when the counts and rows were decided."
        " A commit decides anew in any case."
    )
    ignored_headings: list[str] = Field(description="Headings of the file that are not used.")
    left_out_rows: list[int] = Field(description="Rows that are titles, totals or notes.")
    work: Work | None = Field(description="The last job; null before any.")


class LayoutColumn(Schema):
    """A column of the kind, and where the file seems to have it."""

    name: str = Field(examples=["number"])
    heading_zh: str = Field(description="Its Chinese heading.", examples=["管理编号"])
    required: bool = Field(description="Whether every row must fill it.")
    help: str = Field(description="What goes into it.")
    heading: str | None = Field(description="The likeliest heading of the file; null: none is.")
    confidence: float | None = Field(description="How sure that is, 0 to 1.", examples=[0.95])
    used: str | None = Field(
        description="The heading that counts: as arranged, else the likeliest if it is sure; null:"
        " the column is not read."
    )
    constant: str = Field(description="What counts where a cell is blank; empty: nothing.")


class SampleRow(Schema):
    """A row of the file."""

    row: int = Field(description="Its number in the file, from 1.")
    cells: list[str]


class ImportLayout(Schema):
    """What the file looks like as it is read now, and the suggested mapping."""

    sheets: list[str] = Field(description="Names of its sheets; one without a name for a CSV.")
    sheet: str = Field(description="The one read.")
    header_first: int = Field(description="First row of headings, from 1.")
    header_last: int = Field(description="Last row of headings.")
    headings: list[str] = Field(description="Several rows of headings joined by a stroke.")
    columns: list[LayoutColumn] = Field(description="The kind's columns.")
    sample: list[SampleRow] = Field(description="The first rows.")
    rows: int = Field(description="Rows of the list. [count]")


class Arrangement(Schema, extra="forbid"):
    """How the file is to be read; what is left out is recognised."""

    sheet: Annotated[str, StringConstraints(max_length=80, pattern=r"^[^\x00]*$")] = Field(
        "", description="Name of the sheet; empty: the likeliest."
    )
    header_first: int | None = Field(None, ge=1, le=ROW_LAST, description="First row of headings.")
    header_last: int | None = Field(
        None, ge=1, le=ROW_LAST, description="Last row of headings, at most two below the first."
    )
    mapping: dict[Name, Heading] | None = Field(
        None,
        max_length=HEADINGS_MAX,
        description="Column to heading of the file; empty: it has none such. Columns not named are"
        " as recognised.",
        examples=[{"number": "设备编号", "model": ""}],
    )
    constants: dict[Name, Text] = Field(
        {},
        max_length=HEADINGS_MAX,
        description="Column to what counts where a cell is blank or the file has no such column.",
        examples=[{"unit_code": "91310000MA1FL0XX0A"}],
    )

    @model_validator(mode="after")
    def _check_header(self) -> "Arrangement":
        """Hold the rows of headings against one another."""
        first, last = self.header_first, self.header_last
        if (first is None) != (last is None):
            raise ValueError("header_first and header_last are given together")
        if first and last and not first <= last < first + rules.HEADER_ROWS_MAX:
            raise ValueError(f"headings stand in 1 to {rules.HEADER_ROWS_MAX} rows")
        return self

    def reading(self) -> Reading:
        """Return it as the importer takes it."""
        first, last = self.header_first, self.header_last
        header = Header(first, last) if first is not None and last is not None else None
        return Reading(self.sheet, header, self.mapping, self.constants)


class Difference(Schema):
    """A column in which a row differs from the ledger."""

    column: str = Field(examples=["accuracy_class"])
    before: str = Field(description="What is known; empty: nothing.")
    after: str = Field(description="What the row says.")


class ImportRow(Schema):
    """What a row does, as it was decided when the list was tried or committed."""

    row: int = Field(description="Its number in the file, from 1.", examples=[14])
    change: Literal["NEW", "CHANGED", "REFUSED"]
    reason: str = Field(description="Why it is refused; empty where it is not.")
    differences: list[Difference] = Field(description="What it changes.")
    cells: dict[str, str] = Field(description="Its first columns, to know it again by.")


class Brought(Schema):
    """What the file lists."""

    kind: Kind = Field(description="What it lists; reference: lists to import.")


class CommitAsked(Schema):
    """Whether to write."""

    dry_run: bool = Field(
        True,
        description="Only tell what would change. False: import it; every row must have been found"
        " fit by a dry run of the list as it is read now.",
    )


class RowsAsked(spans.Page):
    """Which rows."""

    change: Literal["NEW", "CHANGED", "REFUSED"] = Field(
        "REFUSED", description="Rows that change nothing are only counted."
    )


class FileAsked(Schema):
    """Which kind of file."""

    format: Literal["csv", "xlsx"] = Field("csv", description="Kind of file.")


def import_of(run: RunView, *, is_current: bool) -> dict[str, Any]:
    """Return an import in the form of ``Import``."""
    work = run.progress
    return {
        "id": run.id,
        "kind": run.kind,
        "file": run.name,
        "state": run.state.value,
        "brought_at": run.brought_at,
        "ended_at": run.ended_at,
        "counts": run.counts or None,
        "is_current": is_current,
        "ignored_headings": run.ignored,
        "left_out_rows": run.left_out,
        "work": work and (work._asdict() | {"failed": work.failed_reason}),
    }


def layout_of(run: RunView, layout: Layout, columns: tuple[Column, ...]) -> dict[str, Any]:
    """Return a layout in the form of ``ImportLayout``."""
    matches = {match.column: match for match in layout.matches}
    mapping = run.reading.mapping or {}

    def column(one: Column) -> dict[str, Any]:
        match = matches.get(one.name)
        sure = match.heading if match and match.confidence >= TRUSTED else None
        return {
            "name": one.name,
            "heading_zh": one.zh,
            "required": one.required,
            "help": one.help,
            "heading": match and match.heading,
            "confidence": match and match.confidence,
            "used": mapping.get(one.name, sure) or None,
            "constant": run.reading.constants.get(one.name, ""),
        }

    return {
        "sheets": layout.sheets,
        "sheet": layout.sheet,
        "header_first": layout.header.first,
        "header_last": layout.header.last,
        "headings": layout.headings,
        "columns": [column(one) for one in columns],
        "sample": [{"row": line.number, "cells": map(str, line.cells)} for line in layout.sample],
        "rows": layout.rows,
    }


def row_of(outcome: Outcome) -> dict[str, Any]:
    """Return a row in the form of ``ImportRow``."""
    return {
        "row": outcome.number,
        "change": outcome.change.value,
        "reason": outcome.reason,
        "differences": [
            {"column": column, "before": before, "after": after}
            for column, (before, after) in outcome.differences.items()
        ],
        "cells": dict(zip(outcome.columns, outcome.quoted, strict=True)),
    }
