"""Django's name for this room."""

from django.apps import AppConfig


class JournalConfig(AppConfig):
    """The room ``telemetry/journal``."""

    name = "hengneng.telemetry.journal"
    label = "journal"
