"""The routes of lists brought by a file, alike at every front that takes them."""

from typing import Any

from django.urls import URLPattern, path

from hengneng.web.parts.imports import arrange, run, start
from hengneng.web.parts.imports.base import OfFront
from hengneng.web.parts.views import FrontView

ONE = "/<int:run_id>"
# Name and address of each route, its view, and the page where it shows one.
ROUTES: tuple[tuple[str, str, type[FrontView], str], ...] = (
    ("imports", "", start.Imports, "start.html"),
    ("import-template", "/templates/<str:list_kind>", start.Template, ""),
    ("import-run", ONE, run.Run, "run.html"),
    ("import-sheet", f"{ONE}/sheet", arrange.Sheet, "sheet.html"),
    ("import-columns", f"{ONE}/columns", arrange.Columns, "columns.html"),
    ("import-profile", f"{ONE}/profile", arrange.UseProfile, ""),
    ("try-import", f"{ONE}/try", run.Try, ""),
    ("mend-import", f"{ONE}/mend", run.Mend, ""),
    ("commit-import", f"{ONE}/commit", run.Commit, ""),
    ("import-refused", f"{ONE}/refused", run.Refused, ""),
)


def routes(front: type[OfFront], *, place: str, folder: str) -> list[URLPattern]:
    """Return a front's routes.

    Args:
        front: Whose lists they are.
        place: What every address begins with: ``imports``.
        folder: Where the front keeps the pages: ``desk/imports``.
    """
    return [
        path(place + rest, _of(front, view, **_shown(folder, page)), name=front.prefix + name)
        for name, rest, view, page in ROUTES
    ]


def _shown(folder: str, page: str) -> dict[str, str]:
    """Return which page a view shows; what only acts or answers a file shows none."""
    return {"template": f"{folder}/{page}"} if page else {}


def _of(front: type[OfFront], view: type[FrontView], **shown: str) -> Any:
    """Return a view of a front."""
    own: type[FrontView] = type(
        view.__name__, (front, view), {"__module__": front.__module__, **shown}
    )
    return own.as_view()
