"""Who asks, and whether they may."""

from collections.abc import Callable, Sequence
from typing import Any, TypeVar

from django.http import HttpRequest
from ninja import Router
from ninja.security import HttpBearer

from hengneng.kernel.policy.rules import NotAllowed, Permission, Viewer
from hengneng.people.accounts import queries as accounts
from hengneng.web.api.answers import REFUSALS, Failure

View = TypeVar("View", bound=Callable[..., Any])
# By the route's name; the routes carry it, so that the house can check every one of them.
PERMISSIONS: dict[str, Permission] = {}


class Asked(HttpRequest):
    """A request whose token has been recognised."""

    auth: Viewer


class Bearer(HttpBearer):
    """A bearer token (``./hengneng token create``) in the ``Authorization`` header."""

    def __init__(self, permission: Permission) -> None:
        super().__init__()
        self.permission = permission

    def authenticate(self, request: HttpRequest, token: str) -> Viewer | None:  # noqa: ARG002
        """Return the token's viewer; None where the token is unknown or has ended.

        Raises:
            NotAllowed: If the account has the operation's permission nowhere.
        """
        viewer = accounts.viewer_of_token(token) if token else None
        if viewer is not None and not viewer.may(self.permission):
            raise NotAllowed(f"This account does not hold the permission {self.permission}.")
        return viewer


def route_name(operation: str) -> str:
    """Return the name of an operation's route, unlike any page's."""
    return f"api-{operation}"


def read(
    router: Router,
    path: str,
    *,
    permission: Permission,
    response: Any,
    summary: str,
    refusals: Sequence[int] = (),
    content: dict[str, Any] | None = None,
) -> Callable[[View], View]:
    """Return the decorator that offers a view as a GET operation under its permission.

    Args:
        router: Where it belongs.
        path: Below ``/api/v1/``.
        permission: What the account must hold somewhere; the view asks for it at its object.
        response: The schema of the answer.
        summary: The operation in a few words.
        refusals: Statuses of further refusals.
        content: The answer's media types, where it is no JSON.
    """
    extra = {"responses": {200: {"content": content}}} if content else {}
    return _offer(
        router.get, path, permission, {200: response} | _refused(refusals), summary, extra
    )


def write(
    router: Router,
    path: str,
    *,
    permission: Permission,
    response: dict[int, Any],
    summary: str,
    refusals: Sequence[int] = (),
) -> Callable[[View], View]:
    """Return the decorator that offers a view as a POST operation under its permission.

    Args:
        router: Where it belongs.
        path: Below ``/api/v1/``; of one path every operation has the same permission.
        permission: What the account must hold somewhere; the view asks for it at its object.
        response: The answer's status and schema.
        summary: The operation in a few words.
        refusals: Statuses of further refusals.
    """
    return _offer(router.post, path, permission, response | _refused((413, *refusals)), summary, {})


def _refused(further: Sequence[int]) -> dict[int, Any]:
    return REFUSALS | dict.fromkeys(further, Failure)


def _offer(
    way: Any,
    path: str,
    permission: Permission,
    responses: dict[int, Any],
    summary: str,
    extra: dict[str, Any],
) -> Callable[[View], View]:
    """Return the decorator that offers a view by a router's method."""

    def offer(view: View) -> View:
        PERMISSIONS[route_name(view.__name__)] = permission
        offered: View = way(
            path,
            auth=Bearer(permission),
            response=responses,
            operation_id=view.__name__,
            url_name=route_name(view.__name__),
            summary=summary,
            openapi_extra={"x-permission": permission.value, **extra},
        )(view)
        return offered

    return offer
