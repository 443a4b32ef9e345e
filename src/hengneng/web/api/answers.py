"""What every answer has in common: pages, refusals in one shape, exact numbers, instants."""

import logging
import secrets
from datetime import datetime, timedelta, timezone
from decimal import Decimal
from typing import Annotated, Any, Generic, TypeVar

from django.http import HttpRequest, HttpResponse, JsonResponse
from ninja import Schema
from pydantic import Field, PlainSerializer, WithJsonSchema

from hengneng.kernel import clock
from hengneng.web.parts.requests import NUMBER_BYTES, number_of

logger = logging.getLogger(__name__)
Item = TypeVar("Item")
SHARE_PLACES = 6
SHARE = (
    "Share of what is known, whichever way it went, that is estimated, to a millionth; null:"
    " nothing is."
)


def plain(value: Decimal) -> str:
    """Return every digit of a number and nothing else: no exponent, no empty decimals.

    >>> plain(Decimal("1250.500000000")), plain(Decimal("0E-9")), plain(Decimal("1E+3"))
    ('1250.5', '0', '1000')
    """
    if not value:
        return "0"
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def rounded(share: Decimal | None) -> Decimal | None:
    """Return a share to a millionth: it is no energy.

    >>> rounded(Decimal(1) / 3)
    Decimal('0.333333')
    """
    return None if share is None else round(share, SHARE_PLACES)


def local(value: datetime) -> str:
    """Return an instant in ISO 8601 with the city's offset, to the microsecond where it has any."""
    return value.astimezone(timezone(timedelta(seconds=clock.offset_s()))).isoformat()


Exact = Annotated[
    Decimal,
    PlainSerializer(plain, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "format": "decimal",
            "pattern": r"^-?[0-9]+(\.[0-9]+)?$",
            "examples": ["1250.5"],
        },
        mode="serialization",
    ),
]
Instant = Annotated[
    datetime,
    PlainSerializer(local, return_type=str),
    WithJsonSchema(
        {"type": "string", "format": "date-time", "examples": ["2026-03-01T08:15:00+08:00"]},
        mode="serialization",
    ),
]


class Refusal(Schema):
    """Why a request was not answered."""

    code: str = Field(description="The kind of refusal, for programs.", examples=["UNKNOWN_UNIT"])
    message: str = Field(
        description="One sentence for people, in English.",
        examples=["No such unit is within this account's reach."],
    )
    number: str = Field(
        description="This refusal's own number; quote it when asking for help. An internal error "
        "stands in the server's log under it.",
        examples=["9f2c41d07ab3"],
    )


class Failure(Schema):
    """The one shape of every answer that is not 200."""

    error: Refusal


REFUSALS: dict[int, Any] = dict.fromkeys((401, 403, 404, 422, 500), Failure)


class Paged(Schema, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    count: int = Field(description="All items of the list, on every page of it.", examples=[642])
    page: int = Field(description="This page, from 1.", examples=[1])
    pages: int = Field(description="How many pages there are; 0 where the list is empty.")


class Refused(Exception):
    """The request cannot be answered as it was put."""

    status = 422
    code = "BAD_REQUEST"


class NotThere(Refused):
    """What was asked for does not exist, or is not within the account's reach."""

    status = 404
    code = "NOT_FOUND"


def refuse(request: HttpRequest, status: int, code: str, message: str) -> HttpResponse:
    """Return a refusal in the one shape."""
    number = number_of(request) or secrets.token_hex(NUMBER_BYTES)
    response = JsonResponse(
        {"error": {"code": code, "message": message, "number": number}}, status=status
    )
    response["Cache-Control"] = "no-store"
    if status == 401:  # RFC 9110, 11.6.1
        response["WWW-Authenticate"] = 'Bearer realm="hengneng"'
    return response


def on_refused(request: HttpRequest, refused: Any) -> HttpResponse:
    """Answer what an operation refused."""
    return refuse(request, refused.status, refused.code, str(refused))


def on_not_allowed(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer an account without the permission."""
    return refuse(request, 403, "NOT_ALLOWED", str(error))


def on_no_token(request: HttpRequest, _: Any) -> HttpResponse:
    """Answer a request without a token that is known."""
    return refuse(request, 401, "UNKNOWN_TOKEN", "Send a token that is known and has not ended.")


def on_bad_words(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer parameters that do not have their form, naming each."""
    told = "; ".join(f"{flaw['loc'][-1]}: {flaw['msg']}" for flaw in error.errors)
    return refuse(request, 422, "BAD_PARAMETER", told)


def on_bad_body(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001 the sentence is ours
    """Answer a body that cannot be taken apart."""
    return refuse(request, 422, "BAD_BODY", "The body is not of the form that its type says.")


def on_large_body(request: HttpRequest, error: Any) -> HttpResponse:  # noqa: ARG001 the sentence is ours
    """Answer a body larger than may be."""
    return refuse(request, 413, "TOO_LARGE", "The body is larger than may be.")


def on_unforeseen(request: HttpRequest, error: Any) -> HttpResponse:
    """Answer an error of ours; it is logged once, under the number the answer carries."""
    told = "The platform failed; the number finds it in the log."
    response = refuse(request, 500, "INTERNAL_ERROR", told)
    logger.error("%s %s %s", request.method, request.path, response.content, exc_info=error)
    return response
