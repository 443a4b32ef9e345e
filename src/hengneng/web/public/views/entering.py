"""Sign-in and sign-out, and the language."""

from django.conf import settings
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import translation

from hengneng.kernel.policy.rules import Permission, Viewer
from hengneng.web.parts.views import FrontView, next_address, viewer_of
from hengneng.web.public.forms import SignInForm

YEAR_SECONDS = 365 * 24 * 3600


class SignIn(LoginView):
    """Sign in with account and password; too many failures lock out (settings, AXES)."""

    permission = Permission.PUBLIC
    template_name = "public/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        """Lead officials to the desk, a unit's people to its portal, all others home."""
        return next_address(self.request, _own_front(viewer_of(self.request)))


class SignOut(LogoutView):
    """Sign out."""

    permission = Permission.PUBLIC
    next_page = "home"


class SetLanguage(FrontView):
    """Choose the language; kept in a cookie for a year."""

    permission = Permission.PUBLIC
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Keep the choice and go back.

        Raises:
            BadRequest: If the platform does not speak it.
        """
        language = request.POST.get("language", "")
        if language not in dict(settings.LANGUAGES):
            raise BadRequest(f"no language {language!r}")
        response = HttpResponseRedirect(next_address(request, "home"))
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME,
            language,
            max_age=YEAR_SECONDS,
            httponly=True,
            samesite="Lax",
            secure=request.is_secure(),
        )
        translation.activate(language)
        return response


def _own_front(viewer: Viewer) -> str:
    """Return the route of the front that is the viewer's own."""
    if viewer.is_official():
        return "desk"
    return "portal" if viewer.may(Permission.VIEW_READINGS) else "home"
