"""The three routes."""

from ipaddress import ip_address

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.views import View

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import queries as accounts
from hengneng.web.ops import checks, metrics

_FORWARDED = ("Forwarded", "X-Forwarded-For", "X-Real-IP")


class Health(View):
    """The process is alive; it says nothing of the database, which a restart would not mend."""

    permission = Permission.PUBLIC

    def get(self, _: HttpRequest) -> HttpResponse:
        """Answer."""
        return _text("ok\n")


class Readiness(View):
    """The process can do its work: 200, else 503; either way with each check's answer."""

    permission = Permission.PUBLIC

    def get(self, _: HttpRequest) -> HttpResponse:
        """Answer each check."""
        answers = checks.checks(at=clock.now())
        is_ready = all(answer.is_good for answer in answers)
        told = {answer.name: {"ok": answer.is_good, "message": answer.told} for answer in answers}
        response = JsonResponse(
            {"ready": is_ready, "checks": told}, status=200 if is_ready else 503
        )
        response["Cache-Control"] = "no-store"
        return response


class Metrics(View):
    """Figures for monitoring: to this machine itself, or to an administrator's bearer token."""

    permission = Permission.MANAGE_ACCOUNTS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Answer with the figures, or refuse."""
        if not is_of_this_machine(request):
            scheme, _, token = request.headers.get("Authorization", "").partition(" ")
            viewer = accounts.viewer_of_token(token) if scheme.lower() == "bearer" else None
            if viewer is None:
                response = _text("A bearer token is needed.\n", status=401)
                response["WWW-Authenticate"] = 'Bearer realm="hengneng"'
                return response
            if not viewer.may(self.permission):
                return _text("This account may not see how the platform stands.\n", status=403)
        lines = map(metrics.text_of, metrics.metrics(at=clock.now()))
        return _text("".join(lines), content_type="text/plain; version=0.0.4; charset=utf-8")


def is_of_this_machine(request: HttpRequest) -> bool:
    """Answer whether a request was made on this machine, not handed on by a proxy on it."""
    if any(header in request.headers for header in _FORWARDED):
        return False
    address = request.META.get("REMOTE_ADDR", "")
    try:
        return ip_address(address).is_loopback
    except ValueError:  # a server on a socket without addresses names none
        return False


def _text(
    text: str, *, status: int = 200, content_type: str = "text/plain; charset=utf-8"
) -> HttpResponse:
    """Return plain text that nobody keeps."""
    response = HttpResponse(text, status=status, content_type=content_type)
    response["Cache-Control"] = "no-store"
    return response
