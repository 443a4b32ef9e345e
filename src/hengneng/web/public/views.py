"""Home, sign-in and sign-out, language, one's own account."""

from typing import Any, cast

from django import forms
from django.conf import settings
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.views import LoginView, LogoutView
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.utils import timezone, translation
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import operations, queries
from hengneng.people.accounts.rules.passwords import PasswordFault, PasswordRule
from hengneng.web.parts.views import FormView, FrontView, PageView, next_address, viewer_of
from hengneng.web.public.forms import PasswordForm, SignInForm

YEAR_SECONDS = 365 * 24 * 3600


class WrongPassword(Exception):
    """The present password is not that one."""


class Home(PageView):
    """What the platform is, and the way in."""

    permission = Permission.PUBLIC
    template = "public/home.html"

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Say whether a desk is open to the viewer."""
        return {"has_desk": self.viewer.may(Permission.VIEW_UNIT)}


class SignIn(LoginView):
    """Sign in with account and password; too many failures lock out (settings, AXES)."""

    permission = Permission.PUBLIC
    template_name = "public/sign_in.html"
    authentication_form = SignInForm

    def get_default_redirect_url(self) -> str:
        """Lead to the desk where one is open to the account, else to the home page."""
        has_desk = viewer_of(self.request).may(Permission.VIEW_UNIT)
        return next_address(self.request, "desk" if has_desk else "home")


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


class OwnAccount(FormView):
    """One's own account: change the password."""

    permission = Permission.OWN_ACCOUNT
    template = "public/account.html"
    form_class = PasswordForm
    afterwards = "account"
    anticipated = {
        WrongPassword: _("This is not your present password."),
        operations.WeakPassword: _("The new password does not meet the rule above."),
    }

    def context(self, request: HttpRequest, **kwargs: Any) -> dict[str, Any]:  # noqa: ARG002
        """Return the rule that a new password must meet today."""
        rule = queries.password_rule_on(timezone.localdate(clock.now()))
        return {"rule": rule, "rule_words": rule_in_words(rule)}

    def act(self, request: HttpRequest, form: forms.Form, **kwargs: Any) -> Any:  # noqa: ARG002
        """Change the password; this session stays, all others of the account end.

        Raises:
            WrongPassword: If the present one is not that.
        """
        account = cast("Any", request.user)
        if not account.check_password(form.cleaned_data["present"]):
            raise WrongPassword
        operations.change_password(
            account_name=account.name,
            password=form.cleaned_data["new"],
            by=account.id,
            at=clock.now(),
        )
        account.refresh_from_db()
        update_session_auth_hash(request, account)
        return _("Your password has been changed. Other sessions of your account have ended.")

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return "present" if isinstance(error, WrongPassword) else "new"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong with a weak password."""
        if isinstance(error, operations.WeakPassword):
            return [faults_in_words(error.rule)[fault] for fault in error.faults]
        return super().words_of(error)


def rule_in_words(rule: PasswordRule) -> list[str]:
    """Return what a password must be, as sentences."""
    words = faults_in_words(rule)
    return [words[fault] for fault in PasswordFault]


def faults_in_words(rule: PasswordRule) -> dict[PasswordFault, str]:
    """Return the sentence for each fault that a password may have under the rule."""
    return {
        PasswordFault.TOO_SHORT: ngettext(
            "It has at least %(count)d character.",
            "It has at least %(count)d characters.",
            rule.length_min,
        )
        % {"count": rule.length_min},
        PasswordFault.TOO_FEW_CLASSES: ngettext(
            "It draws on at least %(count)d of small letters, capital letters, digits and others.",
            "It draws on at least %(count)d of small letters, capital letters, digits and others.",
            rule.classes_min,
        )
        % {"count": rule.classes_min},
        PasswordFault.HOLDS_NAME: str(_("It does not hold the account's name.")),
        PasswordFault.TOO_COMMON: str(_("It is not one that many people use.")),
        PasswordFault.UNCHANGED: str(_("It is not the one before.")),
    }
