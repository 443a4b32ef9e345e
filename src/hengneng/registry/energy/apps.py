"""Django's name for this room."""

from django.apps import AppConfig


class EnergyConfig(AppConfig):
    """The room ``registry/energy``."""

    name = "hengneng.registry.energy"
    label = "energy"
