"""Django's name for this room."""

from django.apps import AppConfig


class LedgersConfig(AppConfig):
    """The room ``reporting/ledgers``."""

    name = "hengneng.reporting.ledgers"
    label = "ledgers"
