"""Django's name for this room."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """The room ``people/accounts``."""

    name = "hengneng.people.accounts"
    label = "accounts"
