"""Django's name for this room."""

from django.apps import AppConfig


class ConsumptionConfig(AppConfig):
    """The room ``telemetry/consumption``."""

    name = "hengneng.telemetry.consumption"
    label = "consumption"
