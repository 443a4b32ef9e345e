"""Paper, dark, or as the device has it: the reader's choice, kept in a cookie."""

from typing import Any

from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils.translation import gettext_lazy as _

from hengneng.kernel.policy.rules import Permission
from hengneng.web.parts.views import FrontView, next_address

COOKIE = "hengneng_theme"
DEVICE = "auto"
THEMES: dict[str, Any] = {DEVICE: _("As the device"), "paper": _("Light"), "dark": _("Dark")}
YEAR_SECONDS = 365 * 24 * 3600


class SetTheme(FrontView):
    """Choose the theme; kept for a year."""

    permission = Permission.PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice and go back.

        Raises:
            BadRequest: If there is no such theme.
        """
        theme = request.POST.get("theme", "")
        if theme not in THEMES:
            raise BadRequest(f"no theme {theme!r}")
        response = HttpResponseRedirect(next_address(request, "home"))
        response.set_cookie(
            COOKIE,
            theme,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        return response


def chosen(request: HttpRequest) -> str:
    """Return the theme that the reader chose; the device's where none, or none there is."""
    theme = request.COOKIES.get(COOKIE, DEVICE)
    return theme if theme in THEMES else DEVICE
