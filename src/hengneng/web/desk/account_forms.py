"""Forms about accounts: a role and its place, a password twice, both with a name."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from hengneng.people.accounts.rules.roles import BODY_KINDS, Role
from hengneng.registry.bodies import queries as bodies
from hengneng.web.parts import marks, tags

NAME_LONGEST, CODE_LENGTH = 60, 18


def places() -> list[tuple[str, str]]:
    """Return the bodies at which some role is held, none first."""
    kinds = {kind for of_role in BODY_KINDS.values() for kind in of_role}
    there = [body for body in bodies.bodies() if body.kind in kinds]
    ordered = sorted(there, key=lambda body: (body.district_id or "", body.code))
    return [("", _("At a unit, named below")), *[(body.code, tags.name(body)) for body in ordered]]


class RoleForm(forms.Form):
    """A role and where it is held."""

    role = forms.ChoiceField(label=gettext_lazy("Role"), choices=lambda: list(marks.ROLES.items()))
    body = forms.ChoiceField(label=gettext_lazy("At the body"), choices=places, required=False)
    unit = forms.CharField(
        label=gettext_lazy("At the unit"),
        help_text=gettext_lazy("Its social credit code, for energy managers."),
        max_length=CODE_LENGTH,
        required=False,
    )

    def place(self) -> dict[str, Any]:
        """Return role and place, as the operations take them."""
        given = self.cleaned_data
        return {
            "role": Role(given["role"]),
            "body_code": given["body"] or None,
            "unit_code": given["unit"].strip().upper() or None,
        }

    def clean(self) -> dict[str, Any]:
        """Refuse two places, and none."""
        given = super().clean() or {}
        if bool(given.get("body")) == bool(given.get("unit")):
            self.add_error("body", _("Name one body, or one unit."))
        return given


class NewPasswordForm(forms.Form):
    """A password twice."""

    password = forms.CharField(
        label=gettext_lazy("Password"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )
    again = forms.CharField(
        label=gettext_lazy("Password again"),
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
    )

    def clean(self) -> dict[str, Any]:
        """Refuse two that differ."""
        given = super().clean() or {}
        if given.get("password") and given.get("password") != given.get("again"):
            self.add_error("again", _("The two passwords differ."))
        return given


class AccountForm(RoleForm, NewPasswordForm):
    """A new account."""

    name = forms.CharField(
        label=gettext_lazy("Account"),
        help_text=gettext_lazy("2 to 60 letters, digits or . _ @ + -, no spaces."),
        max_length=NAME_LONGEST,
    )
    full_name = forms.CharField(
        label=gettext_lazy("Name of the person"), max_length=NAME_LONGEST, required=False
    )
    field_order = ("name", "full_name", "role", "body", "unit", "password", "again")

    def clean(self) -> dict[str, Any]:
        """Check place and password."""
        return super().clean()
