"""The routes below ``/api/v1/`` and the document that describes them."""

import re
from collections.abc import Callable, Sequence
from functools import lru_cache, wraps
from typing import Any

from django.core.exceptions import BadRequest, RequestDataTooBig, SuspiciousOperation
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.urls import URLPattern, path, re_path
from ninja import NinjaAPI
from ninja.errors import AuthenticationError, HttpError, ValidationError

from hengneng.kernel.imports import tables
from hengneng.kernel.policy.rules import NotAllowed, Permission
from hengneng.web.api import (
    access,
    answers,
    consumption,
    differences,
    imports,
    points,
    profiles,
    rollups,
    units,
)

PREFIX = "/api/v1/"
# A list, and what stands around it in a multipart body.
BODY_BYTES_MAX = tables.BYTES_MAX + 1024**2
_PART = re.compile(r"[<{][^>}]*[>}]")
ABOUT = """
Units, their points and their consumption, read only; and lists imported into the ledger.

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

**Imports.** Bring a file (`POST imports`, multipart), look at the suggested mapping (`layout`) and
mend it where it is wrong, let it be tried (`POST commit`, a dry run unless `dry_run=false`), ask
for the import until the worker is done, look at the rows, and commit: all rows or none. Refused
rows are downloaded, mended and brought back. The same bounds hold as on the desk.

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
    for resource in (units, points, consumption, differences, rollups, profiles, imports):
        api.add_router("", resource.router)
    api.add_exception_handler(answers.Refused, answers.on_refused)
    api.add_exception_handler(NotAllowed, answers.on_not_allowed)
    api.add_exception_handler(AuthenticationError, answers.on_no_token)
    api.add_exception_handler(ValidationError, answers.on_bad_words)
    for one in (HttpError, MultiPartParserError, SuspiciousOperation, BadRequest):
        api.add_exception_handler(one, answers.on_bad_body)
    api.add_exception_handler(RequestDataTooBig, answers.on_large_body)
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
    view: Callable[..., HttpResponse],
    name: str,
    permission: Permission,
    ways: Sequence[str] = ("GET",),
) -> Callable[..., HttpResponse]:
    """Return the view behind what holds for every route; it bears its permission."""

    @wraps(view)
    def gate(request: HttpRequest, **kwargs: Any) -> HttpResponse:
        refusal = _refusal(request, name, ways)
        if refusal is not None:
            return refusal
        response = view(request, **kwargs)
        response["Cache-Control"] = "no-store"
        return response

    gate.permission = permission  # type: ignore[attr-defined]
    return gate


def _refusal(request: HttpRequest, name: str, ways: Sequence[str]) -> HttpResponse | None:
    """Return why a request is not heeded at all; None: it may be."""
    if request.method not in ways:
        told = f"This address answers {' and '.join(ways)} only."
        response = answers.refuse(request, 405, "NOT_OFFERED", told)
        response["Allow"] = ", ".join(ways)
        return response
    if request.method == "POST" and _length(request) > BODY_BYTES_MAX:
        return answers.on_large_body(request, None)
    unknown = sorted(set(request.GET) - _parameters(name, request.method or ""))
    if unknown:
        told = f"Not a parameter of this operation: {', '.join(unknown)}."
        return answers.refuse(request, 422, "UNKNOWN_PARAMETER", told)
    # PostgreSQL holds no NUL in a text.
    broken = sorted(key for key, words in request.GET.lists() if "\x00" in "".join(words))
    if broken:
        told = f"A NUL is no text: {', '.join(broken)}."
        return answers.refuse(request, 422, "BAD_PARAMETER", told)
    return None


def _length(request: HttpRequest) -> int:
    """Return how long the body says it is; 0 where it does not say. [bytes]"""
    said = str(request.META.get("CONTENT_LENGTH") or "")
    return int(said) if said.isdecimal() and said.isascii() else 0


def _ways(route: str) -> list[str]:
    """Return the methods that a route answers."""
    return [
        method
        for _prefix, resource in API._routers
        for path, offered in resource.path_operations.items()
        if _PART.sub("", path) == _PART.sub("", route)
        for operation in offered.operations
        for method in operation.methods
    ]


@lru_cache(maxsize=64)
def _parameters(name: str, method: str) -> frozenset[str]:
    """Return the query parameters that the description of a route's operation names."""
    return frozenset(
        parameter["name"]
        for described in document()["paths"].values()
        if any(access.route_name(one["operationId"]) == name for one in described.values())
        for way, operation in described.items()
        if way == method.lower()
        for parameter in operation["parameters"]
        if parameter["in"] == "query"
    )


def _routes() -> list[URLPattern]:
    """Return every operation's route behind its gate."""
    routes = [route for route in API.urls[0] if isinstance(route, URLPattern)]
    for route in routes:
        if route.name in access.PERMISSIONS:
            permission = access.PERMISSIONS[route.name]
            ways = _ways(str(route.pattern))
            route.callback = _gate(route.callback, route.name, permission, ways)
    return [route for route in routes if route.name in access.PERMISSIONS]


urlpatterns: list[URLPattern] = [
    path("openapi.json", _gate(openapi, "api-openapi", Permission.PUBLIC), name="api-openapi"),
    *_routes(),
    re_path("", _gate(nowhere, "api-nowhere", Permission.PUBLIC), name="api-nowhere"),
]
