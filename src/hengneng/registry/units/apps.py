"""Django's name for this room."""

from django.apps import AppConfig


class UnitsConfig(AppConfig):
    """The room ``registry/units``."""

    name = "hengneng.registry.units"
    label = "units"
