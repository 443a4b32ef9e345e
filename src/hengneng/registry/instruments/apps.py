"""Django's name for this room."""

from django.apps import AppConfig


class InstrumentsConfig(AppConfig):
    """The room ``registry/instruments``."""

    name = "hengneng.registry.instruments"
    label = "instruments"
