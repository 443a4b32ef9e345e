"""A number for each request, to be quoted when asking for help, and how long its answer took."""

import logging
import secrets
import time
from collections.abc import Callable

from django.core.exceptions import PermissionDenied, SuspiciousOperation
from django.http import Http404, HttpRequest, HttpResponse

logger = logging.getLogger(__name__)
NUMBER_BYTES = 6
MILLI = 1000


class RequestNumber:
    """Middleware: number and time the request, log what nobody anticipated under its number."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self._get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer the request: its number in ``X-Request-Number``, the time in ``Server-Timing``."""
        began = time.perf_counter()
        number = secrets.token_hex(NUMBER_BYTES)
        request.META["hengneng.number"] = number
        response = self._get_response(request)
        response["X-Request-Number"] = number
        # SOURCE: Server Timing, W3C; milliseconds. Browsers show it beside the request.
        response["Server-Timing"] = f"app;dur={(time.perf_counter() - began) * MILLI:.1f}"
        return response

    def process_exception(self, request: HttpRequest, error: Exception) -> None:
        """Write the number and the error to the log; Django answers with the error page."""
        if not isinstance(error, (Http404, PermissionDenied, SuspiciousOperation)):
            logger.error("request %s: %s", number_of(request), request.path, exc_info=error)


def number_of(request: HttpRequest) -> str:
    """Return the request's number; empty outside the middleware."""
    return str(request.META.get("hengneng.number", ""))
