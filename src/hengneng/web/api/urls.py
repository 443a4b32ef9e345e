"""The routes below ``/api/v1/`` and the document that describes them."""

from collections.abc import Callable
from functools import lru_cache, wraps
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, ValidationError

from hengneng.kernel.policy.rules import NotAllowed, Permission
from hengneng.web.api import (
    access,
    answers,
    consumption,
    differences,
    points,
    profiles,
    rollups,
    units,
)

PREFIX = "/api/v1/"
ABOUT = """
Units, their points and their consumption, read only.

**Who may ask.** Send `Authorization: Bearer …`; `./hengneng token create --account NAME` gives a
token. Each operation names its permission in `x-permission`. Without a known token the answer is
401, without the permission 403, and 404 for a unit or point that the permission does not reach:
the same as for one that does not exist.

**Numbers.** Energy and coal are exact decimals, sent as strings (`"1250.5"`) so that no client
rounds them on reading. `null` means that nothing is known; it is never 0.

**Time.** Days are local days of the city; `from` and `to` are both included. Instants bear their
offset. `as_of` answers with what was known at an instant, and may lie as late as the record is
settled; in an address the plus sign of an offset is written `%2B`.

**Lists.** `items` is one page, `count` counts the whole list, `page` runs from 1 to `pages`.
`page_size` is 100 unless asked otherwise, at most 500.

**Refusals.** One shape, `{"error": {"code", "message", "number"}}`. A parameter that an operation
does not know is refused, not ignored.
""".strip()


def _api() -> NinjaAPI:
    """Return the API with every resource and every refusal."""
    api = NinjaAPI(
        title="Hengneng 衡能 open API",
        version="1",
        description=ABOUT,
        openapi_url=None,
        docs_url=None,
    )
    for resource in (units, points, consumption, differences, rollups, profiles):
        api.add_router("", resource.router)
    api.add_exception_handler(answers.Refused, answers.on_refused)
    api.add_exception_handler(NotAllowed, answers.on_not_allowed)
    api.add_exception_handler(AuthenticationError, answers.on_no_token)
    api.add_exception_handler(ValidationError, answers.on_bad_words)
    api.add_exception_handler(Exception, answers.on_unforeseen)
    return api


API = _api()


@lru_cache(maxsize=1)
def document() -> dict[str, Any]:
    """Return the OpenAPI document."""
    return dict(API.get_openapi_schema(path_prefix=PREFIX))


def openapi(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """Answer with the OpenAPI document."""
    return JsonResponse(document(), json_dumps_params={"ensure_ascii": False})


def nowhere(request: HttpRequest) -> HttpResponse:
    """Answer that there is nothing at this address."""
    return answers.refuse(request, 404, "UNKNOWN_ADDRESS", f"There is nothing at {request.path}.")


def _gate(
    view: Callable[..., HttpResponse], name: str, permission: Permission
) -> Callable[..., HttpResponse]:
    """Return the view behind what holds for every route; it bears its permission."""

    @wraps(view)
    def gate(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        if request.method != "GET":
            response = answers.refuse(request, 405, "READ_ONLY", "This address answers GET only.")
            response["Allow"] = "GET"
            return response
        unknown = sorted(set(request.GET) - _parameters(name))
        if unknown:
            told = f"Not a parameter of this operation: {', '.join(unknown)}."
            return answers.refuse(request, 422, "UNKNOWN_PARAMETER", told)
        response = view(request, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    gate.permission = permission  # type: ignore[attr-defined]
    return gate


@lru_cache(maxsize=64)
def _parameters(name: str) -> frozenset[str]:
    """Return the query parameters that an operation's description names."""
    return frozenset(
        parameter["name"]
        for described in document()["paths"].values()
        for operation in described.values()
        if access.route_name(operation["operationId"]) == name
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    )


def _routes() -> list[URLPattern]:
    """Return every operation's route behind its gate."""
    routes = [route for route in API.urls[0] if isinstance(route, URLPattern)]
    for route in routes:
        if route.name in access.PERMISSIONS:
            permission = access.PERMISSIONS[route.name]
            route.callback = _gate(route.callback, route.name, permission)
    return [route for route in routes if route.name in access.PERMISSIONS]


urlpatterns: list[URLPattern] = [
    path("openapi.json", _gate(openapi, "api-openapi", Permission.PUBLIC), name="api-openapi"),
    *_routes(),
    re_path("", _gate(nowhere, "api-nowhere", Permission.PUBLIC), name="api-nowhere"),
]
