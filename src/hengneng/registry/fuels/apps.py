"""Django's name for this room."""

from django.apps import AppConfig


class FuelsConfig(AppConfig):
    """The room ``registry/fuels``."""

    name = "hengneng.registry.fuels"
    label = "fuels"
