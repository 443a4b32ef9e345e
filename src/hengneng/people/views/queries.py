"""Which views an account keeps."""

from typing import NamedTuple

from hengneng.people.views.models import SavedView


class ViewRow(NamedTuple):
    """A saved view."""

    id: int
    name: str
    query: str


def saved_views(account_id: int, page: str) -> list[ViewRow]:
    """Return the views that an account keeps of a list, by name."""
    kept = SavedView.objects.filter(account_id=account_id, page=page).order_by("name")
    return [ViewRow(*row) for row in kept.values_list(*ViewRow._fields)]
