"""Error pages: what happened, what is safe, what to do, a number to quote."""

from typing import Any, NamedTuple

from django.http import HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from hengneng.web.parts.requests import number_of


class Words(NamedTuple):
    """What an error page says."""

    happened: Any
    safe: Any
    advice: Any


WORDS = {
    400: Words(
        _("The request could not be understood"),
        _("Nothing was changed."),
        _("Go back and try again. If you came here by a link, it may be incomplete."),
    ),
    403: Words(
        _("Your account may not do this"),
        _("Nothing was changed."),
        _("Ask your administrator for the role you need, or sign in with another account."),
    ),
    404: Words(
        _("There is nothing at this address"),
        _("No data is lost: readings and records are never deleted."),
        _(
            "Check the address. The item may lie outside your account's reach, or somebody has"
            " already dealt with it."
        ),
    ),
    429: Words(
        _("Too many failed sign-ins"),
        _("The account is safe: it is locked for half an hour at this address."),
        _("Wait half an hour and try again. If it was not you, tell your administrator."),
    ),
    500: Words(
        _("The platform failed"),
        _("Readings already received are kept. What you just sent may not have been carried out."),
        _("Try again in a few minutes. If it fails again, quote the number below."),
    ),
}


def answer(request: HttpRequest, status: int) -> HttpResponse:
    """Return the error page of a status."""
    context = {"words": WORDS[status], "status": status, "number": number_of(request)}
    return TemplateResponse(request, "parts/error.html", context, status=status).render()


def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 400."""
    return answer(request, 400)


def forbidden(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 403."""
    return answer(request, 403)


def not_found(request: HttpRequest, exception: Exception) -> HttpResponse:  # noqa: ARG001
    """Answer 404."""
    return answer(request, 404)


def failed(request: HttpRequest) -> HttpResponse:
    """Answer 500; touches neither session nor database, for they may be what failed."""
    context = {"words": WORDS[500], "status": 500, "number": number_of(request)}
    return TemplateResponse(request, "parts/failed.html", context, status=500).render()


def no_csrf_token(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """Answer a form whose token is missing or old."""
    return answer(request, 403)


def locked_out(request: HttpRequest, response: Any, credentials: Any) -> HttpResponse:  # noqa: ARG001
    """Answer a sign-in that came after too many failed ones."""
    return answer(request, 429)
