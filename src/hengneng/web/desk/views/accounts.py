"""Accounts, for those who manage them: list, create, give and end roles, set a password, close."""

from typing import Any, NamedTuple

from django import forms
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.kernel import clock
from hengneng.kernel.policy.rules import Permission
from hengneng.people.accounts import operations as accounts
from hengneng.people.accounts import queries
from hengneng.people.accounts.rules.roles import Role, RoleDoesNotFit
from hengneng.registry.bodies.queries import UnknownBody
from hengneng.registry.units.queries import UnknownUnit
from hengneng.web.desk.account_forms import AccountForm, NewPasswordForm, RoleForm
from hengneng.web.parts import exports, frame, marks, passwords, tags
from hengneng.web.parts.views import ActionView, FormView, FrontView, PageView

PAGE_SIZE = 50
EXPORT_MOST = 100_000
SEARCH_LONGEST = 60
SIGN_INS_SHOWN = 5
CLOSED = gettext_lazy("The account is closed.")
WRONG_PLACE = gettext_lazy("This role is not held at that place.")
UNKNOWN_UNIT = gettext_lazy("No unit has this social credit code.")


class OwnAccountMeant(Exception):
    """Nobody closes the account with which they are signed in."""


class Filter(NamedTuple):
    """Which accounts the list shows."""

    search: str
    is_active: bool | None


class Accounts(PageView):
    """The list."""

    permission = Permission.MANAGE_ACCOUNTS
    template = "desk/accounts.html"

    def context(self) -> dict[str, Any]:
        """Return one page of what the filter shows."""
        chosen, number = filter_of(self.request), frame.page_number(self.request)
        found = queries.account_page(**chosen._asdict(), page=number, size=PAGE_SIZE)
        return {
            "rows": [(row, in_words(row)) for row in found.rows],
            "filter": chosen,
            "page": frame.place_of(number, size=PAGE_SIZE, total=found.total),
        }


class AccountsFile(FrontView):
    """The list as a file."""

    permission = Permission.MANAGE_ACCOUNTS

    def get(self, request: HttpRequest) -> HttpResponse:
        """Return the file.

        Raises:
            Http404: If there is no such format.
        """
        kind = exports.asked_format(request)
        found = queries.account_page(**filter_of(request)._asdict(), size=EXPORT_MOST)
        head = (_("Account"), _("Name of the person"), _("Standing"), _("Made at"), _("Roles"))
        rows = [
            (
                row.name,
                row.full_name,
                _("open") if row.is_active else _("closed"),
                tags.moment(row.created_at),
                _("; ").join(f"{word} · {place}" for word, place in in_words(row)),
            )
            for row in found.rows
        ]
        return exports.exported(kind, name="accounts", head=head, rows=rows)


class OneAccount(PageView):
    """One account: its roles, its latest sign-ins, what may be done with it."""

    permission = Permission.MANAGE_ACCOUNTS
    template = "desk/account.html"
    not_there = (queries.UnknownAccount,)

    def context(self) -> dict[str, Any]:
        """Return the account."""
        row = queries.account(self.kwargs["account_id"])
        return {
            "account": row,
            "roles": [(marks.ROLES[held.role], held) for held in row.roles],
            "tokens": sum(1 for t in queries.tokens(account_name=row.name) if t.ended_at is None),
            "sign_ins": queries.sign_ins(row.name, limit=SIGN_INS_SHOWN),
            "is_own": row.id == self.viewer.account_id,
        }


class NewAccount(FormView):
    """Make an account with its first role."""

    permission = Permission.MANAGE_ACCOUNTS
    template = "desk/account_form.html"
    form_class = AccountForm
    afterwards = "accounts"
    anticipated = {
        accounts.BadAccountName: gettext_lazy("This is no name for an account."),
        accounts.AccountExists: gettext_lazy("An account of that name exists already."),
        accounts.WeakPassword: gettext_lazy("The password does not meet the rule."),
        RoleDoesNotFit: WRONG_PLACE,
        UnknownBody: WRONG_PLACE,
        UnknownUnit: UNKNOWN_UNIT,
    }

    def context(self) -> dict[str, Any]:
        """Return what the page is called, and the password rule of today."""
        return {"title": _("A new account"), "button": _("Make the account"), **rule_of_today()}

    def act(self, form: forms.Form) -> Any:
        """Make it."""
        given = form.cleaned_data
        accounts.create_account(
            name=given["name"],
            full_name=given["full_name"],
            password=given["password"],
            **form.place(),  # type: ignore[attr-defined]
            by=self.viewer.account_id,
            at=clock.now(),
        )
        said = _("The account %(name)s is made. Hand its password over in person.")
        return said % {"name": given["name"]}

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        if isinstance(error, accounts.WeakPassword):
            return "password"
        if isinstance(error, UnknownUnit):
            return "unit"
        return "role" if isinstance(error, RoleDoesNotFit | UnknownBody) else "name"

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong with a weak password."""
        if isinstance(error, accounts.WeakPassword):
            return passwords.faults_of(error)
        return super().words_of(error)


class GiveRole(FormView):
    """Give an account a further role."""

    permission = Permission.MANAGE_ACCOUNTS
    template = "desk/account_form.html"
    form_class = RoleForm
    not_there = (queries.UnknownAccount,)
    anticipated = {
        accounts.AccountClosed: CLOSED,
        accounts.AlreadyInRole: gettext_lazy("The account holds that role there already."),
        RoleDoesNotFit: WRONG_PLACE,
        UnknownBody: WRONG_PLACE,
        UnknownUnit: UNKNOWN_UNIT,
    }

    def context(self) -> dict[str, Any]:
        """Return the account."""
        row = queries.account(self.kwargs["account_id"])
        return {"title": _("Give a role"), "button": _("Give the role"), "account": row}

    def act(self, form: forms.Form) -> Any:
        """Give it."""
        accounts.add_role(
            account_name=account_of(self.kwargs["account_id"]).name,
            **form.place(),  # type: ignore[attr-defined]
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The role is given.")

    def field_of(self, error: Exception) -> str | None:
        """Put each error beside its field."""
        return "unit" if isinstance(error, UnknownUnit) else "role"

    def leads_to(self) -> str:
        """Lead back to the account."""
        return reverse("one-account", args=[self.kwargs["account_id"]])


class EndRole(ActionView):
    """End a role."""

    permission = Permission.MANAGE_ACCOUNTS
    afterwards = "accounts"
    anticipated = {accounts.NotInRole: gettext_lazy("The account does not hold that role.")}

    def act(self) -> Any:
        """End it.

        Raises:
            NotInRole: If the account does not hold it there.
        """
        row = account_of(self.kwargs["account_id"])
        wanted = (self.request.POST.get("role", ""), self.request.POST.get("place", ""))
        held = next((one for one in row.roles if (one.role, one.place) == wanted), None)
        if held is None:
            raise accounts.NotInRole(f"account {row.name}: {wanted}")
        accounts.end_role(
            account_name=row.name,
            role=Role(held.role),
            body_code=None if held.is_unit else held.place,
            unit_code=held.place if held.is_unit else None,
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The role has ended.")


class SetPassword(FormView):
    """Give an account a new password; all its sessions end."""

    permission = Permission.MANAGE_ACCOUNTS
    template = "desk/account_form.html"
    form_class = NewPasswordForm
    not_there = (queries.UnknownAccount,)
    anticipated = {
        accounts.AccountClosed: CLOSED,
        accounts.WeakPassword: gettext_lazy("The password does not meet the rule."),
    }

    def context(self) -> dict[str, Any]:
        """Return the account and the rule."""
        row = queries.account(self.kwargs["account_id"])
        words = {"title": _("Set a new password"), "button": _("Set the password")}
        return {**words, "account": row, **rule_of_today()}

    def act(self, form: forms.Form) -> Any:
        """Set it."""
        accounts.change_password(
            account_name=account_of(self.kwargs["account_id"]).name,
            password=form.cleaned_data["password"],
            by=self.viewer.account_id,
            at=clock.now(),
        )
        return _("The password is set; the account's sessions have ended.")

    def field_of(self, error: Exception) -> str | None:
        """Put a weak password's faults beside it."""
        return "password" if isinstance(error, accounts.WeakPassword) else None

    def words_of(self, error: Exception) -> Any:
        """Say what is wrong with a weak password."""
        if isinstance(error, accounts.WeakPassword):
            return passwords.faults_of(error)
        return super().words_of(error)

    def leads_to(self) -> str:
        """Lead back to the account."""
        return reverse("one-account", args=[self.kwargs["account_id"]])


class Close(ActionView):
    """Close an account for good."""

    permission = Permission.MANAGE_ACCOUNTS
    afterwards = "accounts"
    anticipated = {
        accounts.AccountClosed: CLOSED,
        OwnAccountMeant: gettext_lazy("This is your own account; let a colleague close it."),
    }

    def act(self) -> Any:
        """Close it.

        Raises:
            OwnAccountMeant: If it is one's own.
        """
        row = account_of(self.kwargs["account_id"])
        if row.id == self.viewer.account_id:
            raise OwnAccountMeant
        accounts.close_account(account_name=row.name, by=self.viewer.account_id, at=clock.now())
        return _("The account %(name)s is closed.") % {"name": row.name}


def account_of(account_id: int) -> queries.AccountRow:
    """Return the account.

    Raises:
        Http404: If there is none.
    """
    try:
        return queries.account(account_id)
    except queries.UnknownAccount as error:
        raise Http404(str(error)) from error


def filter_of(request: HttpRequest) -> Filter:
    """Return the filter that the address asks for."""
    search = request.GET.get("search", "").replace("\x00", "").strip()[:SEARCH_LONGEST]
    states = {"open": True, "closed": False}
    return Filter(search, states.get(request.GET.get("standing", "")))


def in_words(row: queries.AccountRow) -> list[tuple[str, str]]:
    """Return an account's roles and where they are held, in words."""
    return [(str(marks.ROLES[held.role]), tags.name(held)) for held in row.roles]


def rule_of_today() -> dict[str, Any]:
    """Return the password rule of today, and its sentences."""
    rule = queries.password_rule_on(timezone.localdate(clock.now()))
    return {"rule": rule, "rule_words": passwords.rule_in_words(rule)}
