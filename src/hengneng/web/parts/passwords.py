"""The password rule in words, wherever one is set."""

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from hengneng.people.accounts.operations import WeakPassword
from hengneng.people.accounts.rules.passwords import PasswordFault, PasswordRule


def rule_in_words(rule: PasswordRule) -> list[str]:
    """Return what a password must be, as sentences."""
    words = _sentences(rule)
    return [words[fault] for fault in PasswordFault]


def faults_of(error: WeakPassword) -> list[str]:
    """Return what is wrong with a password, as sentences."""
    words = _sentences(error.rule)
    return [words[fault] for fault in error.faults]


def _sentences(rule: PasswordRule) -> dict[PasswordFault, str]:
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
        PasswordFault.HOLDS_NAME: _("It does not hold the account's name."),
        PasswordFault.TOO_COMMON: _("It is not one that many people use."),
        PasswordFault.UNCHANGED: _("It is not the one before."),
    }
