"""Keep a view, rename one, forget one."""

from datetime import datetime

from django.db import transaction

from hengneng.kernel.audit import operations as audit
from hengneng.people.views.models import SavedView

NAME_LONGEST, QUERY_LONGEST = 40, 500
MOST = 30  # on one list; more could not be told apart


class BadViewName(ValueError):
    """A view's name has 1 to 40 characters."""


class LongQuery(ValueError):
    """What the list was asked for is longer than can be kept."""


class TooManyViews(Exception):
    """The account keeps as many views of this list as it may."""


class NameTaken(ValueError):
    """The account keeps another view of this list under that name."""


class UnknownView(LookupError):
    """There is no such view, or it is another account's."""


@transaction.atomic
def save_view(*, page: str, name: str, query: str, by: int, at: datetime) -> SavedView:
    """Keep what a list was asked to show; a view of the same name shows that from now on.

    Args:
        page: The list's route.
        name: What the person calls it.
        query: The address behind its question mark.
        by: Account acting; the view is its own.
        at: When. Aware.

    Raises:
        BadViewName: If the name is empty or too long.
        LongQuery: If the query is too long.
        TooManyViews: If the account keeps ``MOST`` views of the list already.
    """
    name = _named(name)
    if len(query) > QUERY_LONGEST:
        raise LongQuery(f"{len(query)} characters")
    kept = SavedView.objects.filter(account_id=by, page=page)
    if kept.exclude(name=name).count() >= MOST:
        raise TooManyViews(f"account {by} keeps {MOST} views of {page}")
    view, _ = SavedView.objects.update_or_create(
        account_id=by, page=page, name=name, defaults={"query": query, "saved_at": at}
    )
    details = {"name": name, "query": query}
    audit.record("view.saved", subject=f"view:{page}", by=by, at=at, details=details)
    return view


@transaction.atomic
def rename_view(*, view_id: int, name: str, by: int, at: datetime) -> SavedView:
    """Give one of the account's views another name.

    Args:
        view_id: The view.
        name: What the person calls it from now on.
        by: Account acting; only its own views are renamed.
        at: When. Aware.

    Raises:
        BadViewName: If the name is empty or too long.
        UnknownView: If the account has no such view.
        NameTaken: If another of its views of the same list has that name.
    """
    name = _named(name)
    view = _own(view_id, by)
    others = SavedView.objects.filter(account_id=by, page=view.page, name=name).exclude(id=view_id)
    if others.exists():
        raise NameTaken(f"account {by} keeps {name!r} of {view.page} already")
    before, view.name = view.name, name
    view.save(update_fields=["name"])
    details = {"name": name, "before": before}
    audit.record("view.renamed", subject=f"view:{view.page}", by=by, at=at, details=details)
    return view


@transaction.atomic
def forget_view(*, view_id: int, by: int, at: datetime) -> str:
    """Forget one of the account's views; return its name.

    Args:
        view_id: The view.
        by: Account acting; only its own views are forgotten.
        at: When. Aware.

    Raises:
        UnknownView: If the account has no such view.
    """
    view = _own(view_id, by)
    view.delete()
    details = {"name": view.name}
    audit.record("view.forgotten", subject=f"view:{view.page}", by=by, at=at, details=details)
    return view.name


def _named(name: str) -> str:
    """Return a view's name without its margins.

    Raises:
        BadViewName: If it is empty or too long.
    """
    name = name.strip()
    if not 0 < len(name) <= NAME_LONGEST or not name.isprintable():
        raise BadViewName(f"{name!r}: {BadViewName.__doc__}")
    return name


def _own(view_id: int, account_id: int) -> SavedView:
    """Return a view of the account, locked.

    Raises:
        UnknownView: If the account has no such view.
    """
    own = SavedView.objects.select_for_update().filter(id=view_id, account_id=account_id).first()
    if own is None:
        raise UnknownView(f"account {account_id} has no view {view_id}")
    return own
