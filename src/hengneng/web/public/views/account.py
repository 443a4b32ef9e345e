"""One's own account: who one is, language, password, tokens, recent sign-ins."""

from typing import Any, cast

from django import forms
from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import resolve_url
from django.template.response import TemplateResponse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import operations, queries
from hengneng.web.parts import marks, passwords
from hengneng.web.parts.views import FormView, FrontView
from hengneng.web.public.forms import PasswordForm

SIGN_INS_SHOWN = 10
TOKENS_MOST = 20
ID_DIGITS = 18


class WrongPassword(Exception):
    """The present password is not that one."""


class OwnAccount(FormView):
    """One's own account; its form changes the password."""

    permission = Permission.OWN_ACCOUNT
    template = "public/account.html"
    form_class = PasswordForm
    afterwards = "account"
    anticipated = {
        WrongPassword: _("This is not your present password."),
        operations.WeakPassword: _("The new password does not meet the rule above."),
    }

    def context(self) -> dict[str, Any]:
        """Return who one is, and the rule that a new password must meet today."""
        rule = queries.password_rule_on(timezone.localdate(clock.now()))
        account = queries.account(cast("int", self.viewer.account_id))
        tokens = queries.tokens(account_name=account.name)
        return {
            "rule": rule,
            "rule_words": passwords.rule_in_words(rule),
            "account": account,
            "roles": [(marks.ROLES[held.role], held) for held in account.roles],
            "tokens": [token for token in tokens if token.ended_at is None],
            "ended": sum(1 for token in tokens if token.ended_at is not None),
            "sign_ins": queries.sign_ins(account.name, limit=SIGN_INS_SHOWN),
        }

    def form(self) -> forms.Form:
        """Return the form, bound where one was sent; it bears the account's name."""
        sent = self.request.POST if self.request.method == "POST" else None
        return PasswordForm(sent, initial={"username": cast("Any", self.request.user).name})

    def act(self, form: forms.Form) -> Any:
        """Change the password; this session stays, all others of the account end.

        Raises:
            WrongPassword: If the present one is not that.
        """
        account = cast("Any", self.request.user)
        if not account.check_password(form.cleaned_data["present"]):
            raise WrongPassword
        operations.change_password(
            account_name=account.name,
            password=form.cleaned_data["new"],
            by=account.id,
            at=clock.now(),
        )
        account.refresh_from_db()
        update_session_auth_hash(self.request, account)
        return _("Your password has been changed. Other sessions of your account have ended.")

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return "present" if isinstance(error, WrongPassword) else "new"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong with a weak password."""
        if isinstance(error, operations.WeakPassword):
            return passwords.faults_of(error)
        return super().words_of(error)


class IssueToken(FrontView):
    """Make a token of one's own; the page that answers shows it this once."""

    permission = Permission.OWN_ACCOUNT
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """Make it and show it, unless there are very many already."""
        account = queries.account(cast("int", self.viewer.account_id))
        there = [row for row in queries.tokens(account_name=account.name) if row.ended_at is None]
        if len(there) >= TOKENS_MOST:
            said = _("You have %(count)d tokens. End one that is no longer used first.")
            messages.error(request, said % {"count": len(there)})
            return HttpResponseRedirect(resolve_url("account"))
        secret = operations.issue_token(
            account_name=account.name, by=self.viewer.account_id, at=clock.now()
        )
        return TemplateResponse(request, "public/token.html", {"secret": secret})


class EndToken(FrontView):
    """End a token of one's own."""

    permission = Permission.OWN_ACCOUNT
    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        """End it, if it is one's own and has not ended."""
        if self._is_ended(request.POST.get("token", "")):
            messages.success(request, _("The token has ended; nothing believes it any more."))
        else:
            messages.error(request, _("There is no such token of yours, or it has ended already."))
        return HttpResponseRedirect(resolve_url("account"))

    def _is_ended(self, text: str) -> bool:
        """End the token of that number and answer whether it was one's own and open."""
        account = queries.account(cast("int", self.viewer.account_id))
        own = {row.id for row in queries.tokens(account_name=account.name) if row.ended_at is None}
        is_number = text.isascii() and text.isdigit() and len(text) <= ID_DIGITS
        if not is_number or int(text) not in own:
            return False
        try:
            operations.end_token(token_id=int(text), by=self.viewer.account_id, at=clock.now())
        except operations.UnknownToken:  # ended in another window meanwhile
            return False
        return True
