"""The hot path: Django's handler without what only people need."""

from collections.abc import Callable, Iterable
from typing import Any

from django.core.handlers.exception import convert_exception_to_response
from django.core.handlers.wsgi import WSGIHandler
from django.http import HttpRequest, HttpResponse
from django.utils.module_loading import import_string

Application = Callable[[dict[str, Any], Any], Iterable[bytes]]

# Everything this front serves lies under these.
PREFIXES = ("/nhjc/", "/devices/")
ROUTES = "hengneng.web.terminals.urls"
SHORT_WAY = "hengneng.web.terminals.short.before"


class TerminalHandler(WSGIHandler):
    """Answers terminals: no session, language, CSRF or sign-in, which cost more than the upload."""

    def load_middleware(self, is_async: bool = False) -> None:  # noqa: ARG002 - Django's signature
        """Make the chain the view alone; an error in it is still answered, not raised."""
        self._view_middleware: list[Any] = []
        self._template_response_middleware: list[Any] = []
        self._exception_middleware: list[Any] = []
        # Django's own chain ends in the same private method: it has no public one.
        respond = self._get_response  # type: ignore[attr-defined]
        self._middleware_chain = convert_exception_to_response(_by_own_routes(respond))


def _by_own_routes(
    respond: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Make requests find this front's routes alone, and with them its answers to errors.

    The pages that people get for errors need what this chain leaves out.
    """

    def responded(request: HttpRequest) -> HttpResponse:
        request.urlconf = ROUTES
        return respond(request)

    return responded


def beside(everything: Application) -> Application:
    """Return an application that hands terminals to their short chain, the rest to the full one."""
    # Named as routes are: what it imports exists only once Django is set up.
    before: Callable[[Application], Application] = import_string(SHORT_WAY)
    terminals = before(TerminalHandler())

    def application(environ: dict[str, Any], start_response: Any) -> Iterable[bytes]:
        is_terminal = environ["PATH_INFO"].startswith(PREFIXES)
        return (terminals if is_terminal else everything)(environ, start_response)

    return application
