"""Every route names the permission it asks for."""

from collections.abc import Callable, Iterator
from typing import Any

from django.http import HttpResponse
from django.urls import URLPattern, URLResolver, get_resolver, path

from hengneng.kernel.policy.rules import Permission

# Routes of libraries that cannot carry an attribute, and why each is open.
OPEN_ROUTES: dict[str, str] = {}


def patterns(resolver: URLResolver, prefix: str = "") -> Iterator[tuple[str, URLPattern]]:
    for entry in resolver.url_patterns:
        where = prefix + str(entry.pattern)
        if isinstance(entry, URLResolver):
            yield from patterns(entry, where)
        else:
            yield where, entry


def acts(pattern: URLPattern) -> list[object]:
    """What a route runs: django-ninja's operations behind a path, or the one view."""
    closure = getattr(pattern.callback, "__closure__", None) or ()
    for cell in closure:
        operations = getattr(cell.cell_contents, "operations", None)
        if operations and hasattr(operations[0], "view_func"):
            return list(operations)
    return [pattern.callback]


def permission_of(act: Any) -> object:
    """The permission a view, view class or operation names; None where it names none."""
    for bearer in (act, *getattr(act, "auth_callbacks", ()), getattr(act, "view_func", None)):
        named = _named(bearer)
        if named is not None:
            return named
    return None


def _named(bearer: Any) -> object:
    """Look at the thing itself, the class behind it, and what a decorator wrapped."""
    while bearer is not None:
        for holder in (bearer, getattr(bearer, "view_class", None)):
            if (named := getattr(holder, "permission", None)) is not None:
                return named
        bearer = getattr(bearer, "__wrapped__", None)
    return None


def unnamed(where: str, pattern: URLPattern) -> list[str]:
    if pattern.name in OPEN_ROUTES:
        return []
    return [where for act in acts(pattern) if not isinstance(permission_of(act), Permission)]


def test_every_route_names_a_permission():
    found = [one for where, p in patterns(get_resolver()) for one in unnamed(where, p)]
    assert not found, (
        f"{found}: name the permission of each: `permission = Permission.…` on the view class, the"
        " decorator of web/parts on a view function, or the Bearer's argument in the open API"
    )


def test_open_routes_are_still_there():
    names = {pattern.name for _, pattern in patterns(get_resolver())}
    gone = OPEN_ROUTES.keys() - names
    assert not gone, f"{gone}: take it out of OPEN_ROUTES"


class TestTheCheck:
    @staticmethod
    def view(request: object) -> HttpResponse:
        return HttpResponse()

    def named(self, permission: Permission) -> Callable[[object], HttpResponse]:
        def view(request: object) -> HttpResponse:
            return HttpResponse()

        view.permission = permission
        return view

    def test_an_unnamed_route_is_found(self):
        assert unnamed("x", path("x", self.view)) == ["x"]

    def test_a_named_one_is_not(self):
        assert unnamed("x", path("x", self.named(Permission.PUBLIC))) == []
